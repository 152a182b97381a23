// Ranges `a .. s .. b` as lists.
module Range'

let step (step: int) = if step = 0 then failwith "the step of a range is 0"

// Made from the end, so that no list is turned round.
let ints (from: int) (by: int) (last: int) : int list =
    step by
    if (by > 0 && from > last) || (by < 0 && from < last) then
        []
    else
        let count = (last - from) / by
        let rec go (at: int) (made: int list) =
            if at < 0 then made else go (at - 1) (from + at * by :: made)
        go count []

let floats (from: float) (by: float) (last: float) : float list =
    if by = 0.0 || by <> by then failwith "the step of a range is 0"
    let rec go (at: int) (made: float list) =
        let x = from + float at * by
        if (by > 0.0 && x <= last) || (by < 0.0 && x >= last) then go (at + 1) (x :: made)
        else Native.listReverse made
    go 0 []

let chars (from: char) (by: int) (last: char) : char list =
    let rec go (at: int) (made: char list) =
        if at < int from then made else go (at - by) (char at :: made)
    go (int last) []

// Any numbers: their addition, their order and their 0 are given.
let numbers add less zero from by last =
    if not (less zero by) && not (less by zero) then failwith "the step of a range is 0"
    let up = less zero by
    let rec go at made =
        if (up && less last at) || (not up && less at last) then
            Native.listReverse made
        else
            let next = add at by
            // A number that does not move on has passed the end of its kind.
            if (up && less at next) || (not up && less next at) then go next (at :: made)
            else Native.listReverse (at :: made)
    go from []
