let n = 100000
// An evaluator: a tree of a union, matched over and over.
type Term =
    | Number of int
    | Add of Term * Term
    | Multiply of Term * Term
    | Negate of Term

let rec value term =
    match term with
    | Number n -> n
    | Add(a, b) -> value a + value b
    | Multiply(a, b) -> value a * value b % 1009
    | Negate a -> -(value a)

let rec tree depth =
    if depth = 0 then Number 3
    elif depth % 3 = 0 then Negate(tree (depth - 1))
    elif depth % 2 = 0 then Add(tree (depth - 1), Number depth)
    else Multiply(tree (depth - 1), Number depth)

let run n =
    let term = tree 20
    let mutable sum = 0
    for _ in 1 .. n do
        sum <- sum + value term
    sum
printfn "%d" (run n)
