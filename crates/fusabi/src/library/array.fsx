// Arrays: loops over places.
module Array

#load "map.fsx" "set.fsx" "list.fsx"

let create count (item: 'a) =
    if count < 0 then failwith "Array.create: the count is negative"
    Native.arrayNew count item

let make count (item: 'a) =
    if count < 0 then failwith "Array.make: the count is negative"
    Native.arrayNew count item

let replicate count (item: 'a) =
    if count < 0 then failwith "Array.replicate: the count is negative"
    Native.arrayNew count item

let init count f =
    if count < 0 then failwith "Array.init: the count is negative"
    if count = 0 then
        [||]
    else
        let made = Native.arrayNew count (f 0)
        for i in 1 .. count - 1 do
            made.[i] <- f i
        made

let singleton (item: 'a) = [| item |]
let copy (xs: 'a array) = Native.arrayCopy xs
let append (xs: 'a array) (ys: 'a array) = Native.arrayAppend xs ys
let ofList (xs: 'a list) = Native.listToArray xs
let toList (xs: 'a array) = Native.listOfArray xs
let ofSeq (xs: 'a seq) = Native.listToArray (List.ofSeq xs)

let concat (arrays: 'a array seq) =
    let mutable made = []
    for xs in arrays do
        for x in xs do
            made <- x :: made
    Native.listToArray (Native.listReverse made)

// Fails unless so many elements from a place lie inside.
let inside name start count length =
    if start < 0 || count < 0 || start > length - count then
        failwith (name + ": " + string count + " elements from place " + string start + " are outside of an array of " + string length)

let sub (xs: 'a array) start count =
    inside "Array.sub" start count (Native.arrayLength xs)
    Native.arraySub xs start count

let fill (xs: 'a array) start count item =
    inside "Array.fill" start count (Native.arrayLength xs)
    Native.arrayFill xs start count item

let blit (from: 'a array) start (into: 'a array) at count =
    inside "Array.blit" start count (Native.arrayLength from)
    inside "Array.blit" at count (Native.arrayLength into)
    Native.arrayBlit from start into at count

let map f (xs: 'a array) =
    let length = Native.arrayLength xs
    if length = 0 then
        [||]
    else
        let made = Native.arrayNew length (f xs.[0])
        for i in 1 .. length - 1 do
            made.[i] <- f xs.[i]
        made

let mapi f (xs: 'a array) =
    let length = Native.arrayLength xs
    if length = 0 then
        [||]
    else
        let made = Native.arrayNew length (f 0 xs.[0])
        for i in 1 .. length - 1 do
            made.[i] <- f i xs.[i]
        made

let sameLength name (xs: 'a array) (ys: 'b array) =
    if Native.arrayLength xs <> Native.arrayLength ys then failwith (name + ": the arrays have different lengths")

let map2 f (xs: 'a array) (ys: 'b array) =
    sameLength "Array.map2" xs ys
    mapi (fun i x -> f x ys.[i]) xs

let mapi2 f (xs: 'a array) (ys: 'b array) =
    sameLength "Array.mapi2" xs ys
    mapi (fun i x -> f i x ys.[i]) xs

let map3 f (xs: 'a array) (ys: 'b array) (zs: 'c array) =
    sameLength "Array.map3" xs ys
    sameLength "Array.map3" xs zs
    mapi (fun i x -> f x ys.[i] zs.[i]) xs

let iter (f: 'a -> unit) (xs: 'a array) =
    for i in 0 .. Native.arrayLength xs - 1 do
        f xs.[i]

let iteri (f: int -> 'a -> unit) (xs: 'a array) =
    for i in 0 .. Native.arrayLength xs - 1 do
        f i xs.[i]

let iter2 (f: 'a -> 'b -> unit) (xs: 'a array) (ys: 'b array) =
    sameLength "Array.iter2" xs ys
    for i in 0 .. Native.arrayLength xs - 1 do
        f xs.[i] ys.[i]

let iteri2 (f: int -> 'a -> 'b -> unit) (xs: 'a array) (ys: 'b array) =
    sameLength "Array.iteri2" xs ys
    for i in 0 .. Native.arrayLength xs - 1 do
        f i xs.[i] ys.[i]

let filter f (xs: 'a array) =
    let mutable made = []
    for x in xs do
        if f x then made <- x :: made
    Native.listToArray (Native.listReverse made)

let fold f state (xs: 'a array) =
    let mutable state = state
    for i in 0 .. Native.arrayLength xs - 1 do
        state <- f state xs.[i]
    state

let fold2 f state (xs: 'a array) (ys: 'b array) =
    sameLength "Array.fold2" xs ys
    let mutable state = state
    for i in 0 .. Native.arrayLength xs - 1 do
        state <- f state xs.[i] ys.[i]
    state

let foldBack f (xs: 'a array) state =
    let mutable state = state
    for i = Native.arrayLength xs - 1 downto 0 do
        state <- f xs.[i] state
    state

let foldBack2 f (xs: 'a array) (ys: 'b array) state =
    sameLength "Array.foldBack2" xs ys
    let mutable state = state
    for i = Native.arrayLength xs - 1 downto 0 do
        state <- f xs.[i] ys.[i] state
    state

let mapFold f state (xs: 'a array) =
    let (made, last) = List.mapFold f state (Native.listOfArray xs)
    (Native.listToArray made, last)

let mapFoldBack f (xs: 'a array) state =
    let (made, last) = List.mapFoldBack f (Native.listOfArray xs) state
    (Native.listToArray made, last)

let notEmpty name (xs: 'a array) =
    if Native.arrayLength xs = 0 then failwith (name + ": the array is empty")

let reduce f (xs: 'a array) =
    notEmpty "Array.reduce" xs
    let mutable state = xs.[0]
    for i in 1 .. Native.arrayLength xs - 1 do
        state <- f state xs.[i]
    state

let reduceBack f (xs: 'a array) =
    notEmpty "Array.reduceBack" xs
    let length = Native.arrayLength xs
    let mutable state = xs.[length - 1]
    for i = length - 2 downto 0 do
        state <- f xs.[i] state
    state

let scan f state (xs: 'a array) =
    let length = Native.arrayLength xs
    let made = Native.arrayNew (length + 1) state
    for i in 0 .. length - 1 do
        made.[i + 1] <- f made.[i] xs.[i]
    made

let scanBack f (xs: 'a array) state =
    let length = Native.arrayLength xs
    let made = Native.arrayNew (length + 1) state
    for i = length - 1 downto 0 do
        made.[i] <- f xs.[i] made.[i + 1]
    made

let unfold f state = Native.listToArray (List.unfold f state)

let exists f (xs: 'a array) =
    let mutable found = false
    for x in xs do
        if f x then
            found <- true
            break
    found

let exists2 f (xs: 'a array) (ys: 'b array) =
    sameLength "Array.exists2" xs ys
    let mutable found = false
    for i in 0 .. Native.arrayLength xs - 1 do
        if f xs.[i] ys.[i] then
            found <- true
            break
    found

let forall f (xs: 'a array) =
    let mutable all = true
    for x in xs do
        if not (f x) then
            all <- false
            break
    all

let forall2 f (xs: 'a array) (ys: 'b array) =
    sameLength "Array.forall2" xs ys
    let mutable all = true
    for i in 0 .. Native.arrayLength xs - 1 do
        if not (f xs.[i] ys.[i]) then
            all <- false
            break
    all

// The first place whose element fits, -1 if none does.
let place f (xs: 'a array) =
    let length = Native.arrayLength xs
    let mutable i = 0
    while i < length && not (f xs.[i]) do
        i <- i + 1
    if i < length then i else -1

let tryFindIndex f (xs: 'a array) =
    let i = place f xs
    if i < 0 then None else Some i

let findIndex f (xs: 'a array) =
    let i = place f xs
    if i < 0 then failwith "Array.findIndex: no element fits" else i

let tryFind f (xs: 'a array) =
    let i = place f xs
    if i < 0 then None else Some xs.[i]

let find f (xs: 'a array) =
    let i = place f xs
    if i < 0 then failwith "Array.find: no element fits" else xs.[i]

// The last place whose element fits, -1 if none does.
let lastPlace f (xs: 'a array) =
    let mutable i = Native.arrayLength xs - 1
    while i >= 0 && not (f xs.[i]) do
        i <- i - 1
    i

let tryFindIndexBack f (xs: 'a array) =
    let i = lastPlace f xs
    if i < 0 then None else Some i

let findIndexBack f (xs: 'a array) =
    let i = lastPlace f xs
    if i < 0 then failwith "Array.findIndexBack: no element fits" else i

let tryFindBack f (xs: 'a array) =
    let i = lastPlace f xs
    if i < 0 then None else Some xs.[i]

let findBack f (xs: 'a array) =
    let i = lastPlace f xs
    if i < 0 then failwith "Array.findBack: no element fits" else xs.[i]

let tryPick f (xs: 'a array) =
    let length = Native.arrayLength xs
    let rec go i =
        if i >= length then
            None
        else
            match f xs.[i] with
            | Some found -> Some found
            | None -> go (i + 1)
    go 0

let pick f (xs: 'a array) =
    match tryPick f xs with
    | Some found -> found
    | None -> failwith "Array.pick: no element fits"

let choose f (xs: 'a array) =
    let mutable made = []
    for x in xs do
        match f x with
        | Some y -> made <- y :: made
        | None -> ()
    Native.listToArray (Native.listReverse made)

let collect (f: 'a -> 'b array) (xs: 'a array) =
    let mutable made = []
    for x in xs do
        for y in f x do
            made <- y :: made
    Native.listToArray (Native.listReverse made)

let head (xs: 'a array) =
    notEmpty "Array.head" xs
    xs.[0]

let last (xs: 'a array) =
    notEmpty "Array.last" xs
    xs.[Native.arrayLength xs - 1]

let tail (xs: 'a array) =
    notEmpty "Array.tail" xs
    Native.arraySub xs 1 (Native.arrayLength xs - 1)

let tryHead (xs: 'a array) = if Native.arrayLength xs = 0 then None else Some xs.[0]

let tryLast (xs: 'a array) =
    let length = Native.arrayLength xs
    if length = 0 then None else Some xs.[length - 1]

let tryItem i (xs: 'a array) = if i < 0 || i >= Native.arrayLength xs then None else Some xs.[i]

let exactlyOne (xs: 'a array) =
    notEmpty "Array.exactlyOne" xs
    if Native.arrayLength xs > 1 then failwith "Array.exactlyOne: the array has more than one element"
    xs.[0]

let tryExactlyOne (xs: 'a array) = if Native.arrayLength xs = 1 then Some xs.[0] else None

let tooFew name count (xs: 'a array) =
    if count > Native.arrayLength xs then
        failwith (name + ": the array has fewer than " + string count + " elements")

let take count (xs: 'a array) =
    if count < 0 then failwith "Array.take: the count is negative"
    tooFew "Array.take" count xs
    Native.arraySub xs 0 count

let skip count (xs: 'a array) =
    tooFew "Array.skip" count xs
    let from = max count 0
    Native.arraySub xs from (Native.arrayLength xs - from)

let truncate count (xs: 'a array) = Native.arraySub xs 0 (max 0 (min count (Native.arrayLength xs)))

// How many elements at the start fit.
let run f (xs: 'a array) =
    let i = place (fun x -> not (f x)) xs
    if i < 0 then Native.arrayLength xs else i

let takeWhile f (xs: 'a array) = Native.arraySub xs 0 (run f xs)

let skipWhile f (xs: 'a array) =
    let from = run f xs
    Native.arraySub xs from (Native.arrayLength xs - from)

let splitAt at (xs: 'a array) =
    let length = Native.arrayLength xs
    if at < 0 then failwith "Array.splitAt: the place is negative"
    tooFew "Array.splitAt" at xs
    (Native.arraySub xs 0 at, Native.arraySub xs at (length - at))

let contains item (xs: 'a array) =
    let mutable found = false
    for x in xs do
        if x = item then
            found <- true
            break
    found

let distinctBy f (xs: 'a array) = Native.listToArray (List.distinctBy f (Native.listOfArray xs))
let distinct (xs: 'a array) = Native.listToArray (List.distinct (Native.listOfArray xs))
let except (excluded: 'a seq) (xs: 'a array) = Native.listToArray (List.except excluded (Native.listOfArray xs))
let sort (xs: 'a array) = Native.arraySort xs
let sortDescending (xs: 'a array) = Native.arrayReverse (Native.arraySort xs)

// As in List: the places make the order of equal keys.
let sortBy f (xs: 'a array) =
    let keyed = mapi (fun i x -> (f x, i, x)) xs
    map (fun (_, _, x) -> x) (Native.arraySort keyed)

let sortByDescending f (xs: 'a array) =
    let keyed = mapi (fun i x -> (f x, -i, x)) xs
    Native.arrayReverse (map (fun (_, _, x) -> x) (Native.arraySort keyed))

let sortWith order (xs: 'a array) = List.sortedWith order xs
let sortInPlace (xs: 'a array) = Native.arraySortInPlace xs

let sortInPlaceWith order (xs: 'a array) =
    let sorted = List.sortedWith order xs
    Native.arrayBlit sorted 0 xs 0 (Native.arrayLength xs)

let sortInPlaceBy f (xs: 'a array) =
    let sorted = sortBy f xs
    Native.arrayBlit sorted 0 xs 0 (Native.arrayLength xs)

let sum'int (xs: int array) =
    let mutable total = 0
    for i in 0 .. Native.arrayLength xs - 1 do
        total <- total + xs.[i]
    total

let sum'float (xs: float array) =
    let mutable total = 0.0
    for i in 0 .. Native.arrayLength xs - 1 do
        total <- total + xs.[i]
    total

let sum'any zero add (xs: 'a array) = fold add zero xs

let sumBy'int (f: 'a -> int) (xs: 'a array) =
    let mutable total = 0
    for i in 0 .. Native.arrayLength xs - 1 do
        total <- total + f xs.[i]
    total

let sumBy'float (f: 'a -> float) (xs: 'a array) =
    let mutable total = 0.0
    for i in 0 .. Native.arrayLength xs - 1 do
        total <- total + f xs.[i]
    total

let sumBy'any zero add f (xs: 'a array) = fold (fun total x -> add total (f x)) zero xs

let average'float (xs: float array) =
    notEmpty "Array.average" xs
    sum'float xs / float (Native.arrayLength xs)

let averageBy'float (f: 'a -> float) (xs: 'a array) =
    notEmpty "Array.averageBy" xs
    sumBy'float f xs / float (Native.arrayLength xs)

let averageBy'any zero one add divide f (xs: 'a array) =
    notEmpty "Array.averageBy" xs
    let count = fold (fun count _ -> add count one) zero xs
    divide (sumBy'any zero add f xs) count

let average'any zero one add divide (xs: 'a array) =
    notEmpty "Array.average" xs
    averageBy'any zero one add divide (fun x -> x) xs

let maxBy f (xs: 'a array) =
    notEmpty "Array.maxBy" xs
    let mutable best = xs.[0]
    let mutable key = f best
    for i in 1 .. Native.arrayLength xs - 1 do
        let other = f xs.[i]
        if other > key then
            best <- xs.[i]
            key <- other
    best

let minBy f (xs: 'a array) =
    notEmpty "Array.minBy" xs
    let mutable best = xs.[0]
    let mutable key = f best
    for i in 1 .. Native.arrayLength xs - 1 do
        let other = f xs.[i]
        if other < key then
            best <- xs.[i]
            key <- other
    best

let max (xs: 'a array) =
    notEmpty "Array.max" xs
    let mutable best = xs.[0]
    for i in 1 .. Native.arrayLength xs - 1 do
        if xs.[i] > best then best <- xs.[i]
    best

let min (xs: 'a array) =
    notEmpty "Array.min" xs
    let mutable best = xs.[0]
    for i in 1 .. Native.arrayLength xs - 1 do
        if xs.[i] < best then best <- xs.[i]
    best

let rev (xs: 'a array) = Native.arrayReverse xs

let zip (xs: 'a array) (ys: 'b array) =
    sameLength "Array.zip" xs ys
    mapi (fun i x -> (x, ys.[i])) xs

let unzip (pairs: ('a * 'b) array) = (map (fun (x, _) -> x) pairs, map (fun (_, y) -> y) pairs)

let partition f (xs: 'a array) =
    let (fitting, others) = List.partition f (Native.listOfArray xs)
    (Native.listToArray fitting, Native.listToArray others)

let groupBy f (xs: 'a array) =
    let groups = List.groupBy f (Native.listOfArray xs)
    Native.listToArray (List.map (fun (key, group) -> (key, Native.listToArray group)) groups)

let countBy f (xs: 'a array) = Native.listToArray (List.countBy f (Native.listOfArray xs))
let indexed (xs: 'a array) = mapi (fun i x -> (i, x)) xs

let pairwise (xs: 'a array) =
    let length = Native.arrayLength xs
    if length < 2 then [||] else init (length - 1) (fun i -> (xs.[i], xs.[i + 1]))

let windowed size (xs: 'a array) =
    if size < 1 then failwith "Array.windowed: the size is not positive"
    let count = Native.arrayLength xs - size + 1
    if count < 1 then [||] else init count (fun i -> Native.arraySub xs i size)

let chunkBySize size (xs: 'a array) =
    if size < 1 then failwith "Array.chunkBySize: the size is not positive"
    let length = Native.arrayLength xs
    let rec go made start =
        if start >= length then
            Native.listToArray (Native.listReverse made)
        else
            let rest = length - start
            let count = if rest < size then rest else size
            go (Native.arraySub xs start count :: made) (start + count)
    go [] 0

let splitInto count (xs: 'a array) =
    if count < 1 then failwith "Array.splitInto: the count is not positive"
    Native.listToArray (List.map Native.listToArray (List.splitInto count (Native.listOfArray xs)))

let zip3 (xs: 'a array) (ys: 'b array) (zs: 'c array) =
    sameLength "Array.zip3" xs ys
    sameLength "Array.zip3" xs zs
    mapi (fun i x -> (x, ys.[i], zs.[i])) xs

let unzip3 (triples: ('a * 'b * 'c) array) =
    (map (fun (x, _, _) -> x) triples, map (fun (_, y, _) -> y) triples, map (fun (_, _, z) -> z) triples)

let allPairs (xs: 'a array) (ys: 'b array) = collect (fun x -> map (fun y -> (x, y)) ys) xs

let transpose (arrays: 'a array seq) =
    let rows = ofSeq arrays
    if Native.arrayLength rows = 0 then
        [||]
    else
        iter (fun row -> sameLength "Array.transpose" rows.[0] row) rows
        init (Native.arrayLength rows.[0]) (fun i -> map (fun (row: 'a array) -> row.[i]) rows)

let permute place (xs: 'a array) =
    let length = Native.arrayLength xs
    let made = Native.arrayCopy xs
    let taken = Native.arrayNew length false
    for i in 0 .. length - 1 do
        let at = place i
        if at < 0 || at >= length || taken.[at] then failwith "Array.permute: the function is no permutation"
        taken.[at] <- true
        made.[at] <- xs.[i]
    made

let noPlace name at (xs: 'a array) =
    failwith (name + ": place " + string at + " is outside of an array of " + string (Native.arrayLength xs))

let insertAt at (item: 'a) (xs: 'a array) =
    let length = Native.arrayLength xs
    if at < 0 || at > length then noPlace "Array.insertAt" at xs
    init (length + 1) (fun i -> if i < at then xs.[i] elif i = at then item else xs.[i - 1])

let updateAt at (item: 'a) (xs: 'a array) =
    if at < 0 || at >= Native.arrayLength xs then noPlace "Array.updateAt" at xs
    let made = Native.arrayCopy xs
    made.[at] <- item
    made

let removeAt at (xs: 'a array) =
    let length = Native.arrayLength xs
    if at < 0 || at >= length then noPlace "Array.removeAt" at xs
    init (length - 1) (fun i -> if i < at then xs.[i] else xs.[i + 1])

let compareWith order (xs: 'a array) (ys: 'b array) =
    List.compareWith order (Native.listOfArray xs) (Native.listOfArray ys)
