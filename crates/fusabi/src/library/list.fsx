// Lists. Nothing recurs over a list: what is made from front to back is gathered in reverse and turned round.
module List

#load "map.fsx" "set.fsx"

let head (xs: 'a list) =
    match xs with
    | x :: _ -> x
    | [] -> failwith "List.head: the list is empty"

let tail (xs: 'a list) =
    match xs with
    | _ :: rest -> rest
    | [] -> failwith "List.tail: the list is empty"

let tryHead (xs: 'a list) =
    match xs with
    | x :: _ -> Some x
    | [] -> None

let rec lastOf x (xs: 'a list) =
    match xs with
    | [] -> x
    | next :: rest -> lastOf next rest

let last xs =
    match xs with
    | x :: rest -> lastOf x rest
    | [] -> failwith "List.last: the list is empty"

let tryLast xs =
    match xs with
    | x :: rest -> Some (lastOf x rest)
    | [] -> None

let reverse (xs: 'a list) = Native.listReverse xs
let rev (xs: 'a list) = Native.listReverse xs
let append (xs: 'a list) (ys: 'a list) = Native.listAppend xs ys
let toArray (xs: 'a list) = Native.listToArray xs
let ofArray (xs: 'a array) = Native.listOfArray xs

let ofSeq (xs: 'a seq) =
    let mutable made = []
    for x in xs do
        made <- x :: made
    Native.listReverse made

let concat (lists: 'a list seq) =
    let mutable made = []
    for xs in lists do
        for x in xs do
            made <- x :: made
    Native.listReverse made

let map f (xs: 'a list) =
    let mutable made = []
    for x in xs do
        made <- f x :: made
    Native.listReverse made

let mapi f (xs: 'a list) =
    let mutable made = []
    let mutable i = 0
    for x in xs do
        made <- f i x :: made
        i <- i + 1
    Native.listReverse made

let differentLengths name = failwith (name + ": the lists have different lengths")

let map2 f (xs: 'a list) (ys: 'b list) =
    let rec go made xs ys =
        match xs, ys with
        | x :: xs, y :: ys -> go (f x y :: made) xs ys
        | [], [] -> Native.listReverse made
        | _ -> differentLengths "List.map2"
    go [] xs ys

let map3 f (xs: 'a list) (ys: 'b list) (zs: 'c list) =
    let rec go made xs ys zs =
        match xs, ys, zs with
        | x :: xs, y :: ys, z :: zs -> go (f x y z :: made) xs ys zs
        | [], [], [] -> Native.listReverse made
        | _ -> differentLengths "List.map3"
    go [] xs ys zs

let mapi2 f (xs: 'a list) (ys: 'b list) =
    let rec go i made xs ys =
        match xs, ys with
        | x :: xs, y :: ys -> go (i + 1) (f i x y :: made) xs ys
        | [], [] -> Native.listReverse made
        | _ -> differentLengths "List.mapi2"
    go 0 [] xs ys

let iter (f: 'a -> unit) (xs: 'a list) =
    for x in xs do
        f x

let iteri (f: int -> 'a -> unit) (xs: 'a list) =
    let mutable i = 0
    for x in xs do
        f i x
        i <- i + 1

let rec iter2 (f: 'a -> 'b -> unit) (xs: 'a list) (ys: 'b list) =
    match xs, ys with
    | x :: xs, y :: ys ->
        f x y
        iter2 f xs ys
    | [], [] -> ()
    | _ -> differentLengths "List.iter2"

let iteri2 (f: int -> 'a -> 'b -> unit) (xs: 'a list) (ys: 'b list) =
    let rec go i xs ys =
        match xs, ys with
        | x :: xs, y :: ys ->
            f i x y
            go (i + 1) xs ys
        | [], [] -> ()
        | _ -> differentLengths "List.iteri2"
    go 0 xs ys

let filter f (xs: 'a list) =
    let mutable made = []
    for x in xs do
        if f x then made <- x :: made
    Native.listReverse made

let where f (xs: 'a list) = filter f xs

let fold f state (xs: 'a list) =
    let mutable state = state
    for x in xs do
        state <- f state x
    state

let rec fold2 f state (xs: 'a list) (ys: 'b list) =
    match xs, ys with
    | x :: xs, y :: ys -> fold2 f (f state x y) xs ys
    | [], [] -> state
    | _ -> differentLengths "List.fold2"

let foldBack f (xs: 'a list) state =
    let mutable state = state
    for x in Native.listReverse xs do
        state <- f x state
    state

let foldBack2 f (xs: 'a list) (ys: 'b list) state =
    let rec go xs ys state =
        match xs, ys with
        | x :: xs, y :: ys -> go xs ys (f x y state)
        | [], [] -> state
        | _ -> differentLengths "List.foldBack2"
    go (Native.listReverse xs) (Native.listReverse ys) state

let reduce f (xs: 'a list) =
    match xs with
    | x :: rest -> fold f x rest
    | [] -> failwith "List.reduce: the list is empty"

let reduceBack f (xs: 'a list) =
    match Native.listReverse xs with
    | x :: rest -> fold (fun state x -> f x state) x rest
    | [] -> failwith "List.reduceBack: the list is empty"

let scan f state (xs: 'a list) =
    let mutable state = state
    let mutable made = [ state ]
    for x in xs do
        state <- f state x
        made <- state :: made
    Native.listReverse made

let scanBack f (xs: 'a list) state =
    let mutable state = state
    let mutable made = [ state ]
    for x in Native.listReverse xs do
        state <- f x state
        made <- state :: made
    made

let mapFold f state (xs: 'a list) =
    let mutable state = state
    let mutable made = []
    for x in xs do
        let (y, next) = f state x
        made <- y :: made
        state <- next
    (Native.listReverse made, state)

let mapFoldBack f (xs: 'a list) state =
    let mutable state = state
    let mutable made = []
    for x in Native.listReverse xs do
        let (y, next) = f x state
        made <- y :: made
        state <- next
    (made, state)

let unfold f state =
    let rec go made state =
        match f state with
        | Some (x, next) -> go (x :: made) next
        | None -> Native.listReverse made
    go [] state

let exists f (xs: 'a list) =
    let mutable found = false
    for x in xs do
        if f x then
            found <- true
            break
    found

let rec exists2 f (xs: 'a list) (ys: 'b list) =
    match xs, ys with
    | x :: xs, y :: ys -> if f x y then true else exists2 f xs ys
    | [], [] -> false
    | _ -> differentLengths "List.exists2"

let forall f (xs: 'a list) =
    let mutable all = true
    for x in xs do
        if not (f x) then
            all <- false
            break
    all

let rec forall2 f (xs: 'a list) (ys: 'b list) =
    match xs, ys with
    | x :: xs, y :: ys -> if f x y then forall2 f xs ys else false
    | [], [] -> true
    | _ -> differentLengths "List.forall2"

let rec tryFind f (xs: 'a list) =
    match xs with
    | x :: rest -> if f x then Some x else tryFind f rest
    | [] -> None

let rec find f (xs: 'a list) =
    match xs with
    | x :: rest -> if f x then x else find f rest
    | [] -> failwith "List.find: no element fits"

let tryFindBack f (xs: 'a list) = tryFind f (Native.listReverse xs)

let findBack f (xs: 'a list) =
    match tryFindBack f xs with
    | Some x -> x
    | None -> failwith "List.findBack: no element fits"

let tryFindIndex f (xs: 'a list) =
    let rec go i xs =
        match xs with
        | x :: rest -> if f x then Some i else go (i + 1) rest
        | [] -> None
    go 0 xs

let findIndex f (xs: 'a list) =
    match tryFindIndex f xs with
    | Some i -> i
    | None -> failwith "List.findIndex: no element fits"

// The last place whose element fits, -1 if none does.
let lastPlace f (xs: 'a list) =
    let rec go i xs =
        match xs with
        | x :: rest -> if f x then i else go (i - 1) rest
        | [] -> -1
    go (Native.listLength xs - 1) (Native.listReverse xs)

let tryFindIndexBack f (xs: 'a list) =
    let i = lastPlace f xs
    if i < 0 then None else Some i

let findIndexBack f (xs: 'a list) =
    let i = lastPlace f xs
    if i < 0 then failwith "List.findIndexBack: no element fits" else i

let rec tryPick f (xs: 'a list) =
    match xs with
    | x :: rest ->
        match f x with
        | Some found -> Some found
        | None -> tryPick f rest
    | [] -> None

let pick f (xs: 'a list) =
    match tryPick f xs with
    | Some found -> found
    | None -> failwith "List.pick: no element fits"

let choose f (xs: 'a list) =
    let mutable made = []
    for x in xs do
        match f x with
        | Some y -> made <- y :: made
        | None -> ()
    Native.listReverse made

let collect (f: 'a -> 'b list) (xs: 'a list) =
    let mutable made = []
    for x in xs do
        for y in f x do
            made <- y :: made
    Native.listReverse made

let rec tryItem i (xs: 'a list) =
    match xs with
    | x :: rest ->
        if i > 0 then tryItem (i - 1) rest
        elif i = 0 then Some x
        else None
    | [] -> None

let nth i (xs: 'a list) = tryItem i xs

let item i (xs: 'a list) =
    match tryItem i xs with
    | Some x -> x
    | None -> failwith ("List.item: place " + string i + " is outside of a list of " + string (Native.listLength xs))

let exactlyOne (xs: 'a list) =
    match xs with
    | [ x ] -> x
    | [] -> failwith "List.exactlyOne: the list is empty"
    | _ -> failwith "List.exactlyOne: the list has more than one element"

let tryExactlyOne (xs: 'a list) =
    match xs with
    | [ x ] -> Some x
    | _ -> None

// So many elements from the front, in reverse, and the rest; fewer if there are not as many.
let cut n (xs: 'a list) =
    let rec go n made xs =
        match xs with
        | x :: rest when n > 0 -> go (n - 1) (x :: made) rest
        | _ -> (n, made, xs)
    go n [] xs

let tooFew name n = failwith (name + ": the list has fewer than " + string n + " elements")

let take n (xs: 'a list) =
    if n < 0 then failwith "List.take: the count is negative"
    let (left, made, _) = cut n xs
    if left > 0 then tooFew "List.take" n else Native.listReverse made

let skip n (xs: 'a list) =
    let rec go left xs =
        match xs with
        | _ :: rest when left > 0 -> go (left - 1) rest
        | _ -> if left > 0 then tooFew "List.skip" n else xs
    go n xs

let truncate n (xs: 'a list) =
    let (_, made, _) = cut n xs
    Native.listReverse made

let splitAt n (xs: 'a list) =
    if n < 0 then failwith "List.splitAt: the place is negative"
    let (left, made, rest) = cut n xs
    if left > 0 then tooFew "List.splitAt" n else (Native.listReverse made, rest)

let takeWhile f (xs: 'a list) =
    let mutable made = []
    for x in xs do
        if f x then made <- x :: made else break
    Native.listReverse made

let rec skipWhile f (xs: 'a list) =
    match xs with
    | x :: rest -> if f x then skipWhile f rest else xs
    | [] -> []

let chunkBySize n (xs: 'a list) =
    if n < 1 then failwith "List.chunkBySize: the size is not positive"
    let rec go made xs =
        match xs with
        | [] -> Native.listReverse made
        | _ ->
            let (_, chunk, rest) = cut n xs
            go (Native.listReverse chunk :: made) rest
    go [] xs

let splitInto n (xs: 'a list) =
    if n < 1 then failwith "List.splitInto: the count is not positive"
    let length = Native.listLength xs
    let small = length / n
    let rec go made larger xs =
        match xs with
        | [] -> Native.listReverse made
        | _ ->
            let (_, chunk, rest) = cut (if larger > 0 then small + 1 else small) xs
            go (Native.listReverse chunk :: made) (larger - 1) rest
    go [] (length % n) xs

let windowed n (xs: 'a list) =
    if n < 1 then failwith "List.windowed: the size is not positive"
    let rec go made xs =
        let (left, window, _) = cut n xs
        match xs with
        | _ :: rest when left = 0 -> go (Native.listReverse window :: made) rest
        | _ -> Native.listReverse made
    go [] xs

let sort (xs: 'a list) = Native.listOfArray (Native.arraySort (Native.listToArray xs))
let sortDescending (xs: 'a list) = Native.listReverse (sort xs)

// Elements with their keys and places: the places make the order of equal keys, so that the elements are never compared.
let sortBy f (xs: 'a list) =
    let keyed = mapi (fun i x -> (f x, i, x)) xs
    map (fun (_, _, x) -> x) (sort keyed)

let sortByDescending f (xs: 'a list) =
    let keyed = mapi (fun i x -> (f x, -i, x)) xs
    let mutable made = []
    for (_, _, x) in sort keyed do
        made <- x :: made
    made

// Merges neighbours of `width` sorted elements from one array into the other.
let mergePairs (order: 'a -> 'a -> int) (from: 'a array) (into: 'a array) width =
    let length = Native.arrayLength from
    let mutable start = 0
    while start < length do
        let middle = min (start + width) length
        let stop = min (middle + width) length
        let mutable left = start
        let mutable right = middle
        let mutable at = start
        while at < stop do
            if left < middle && (right >= stop || order from.[left] from.[right] <= 0) then
                into.[at] <- from.[left]
                left <- left + 1
            else
                into.[at] <- from.[right]
                right <- right + 1
            at <- at + 1
        start <- stop

// A sorted copy; equal elements keep their order.
let sortedWith order (items: 'a array) =
    let length = Native.arrayLength items
    let mutable from = Native.arrayCopy items
    let mutable into = Native.arrayCopy items
    let mutable width = 1
    while width < length do
        mergePairs order from into width
        let sorted = into
        into <- from
        from <- sorted
        width <- width * 2
    from

let sortWith order (xs: 'a list) = Native.listOfArray (sortedWith order (Native.listToArray xs))

let sum'int (xs: int list) =
    let mutable total = 0
    for x in xs do
        total <- total + x
    total

let sum'float (xs: float list) =
    let mutable total = 0.0
    for x in xs do
        total <- total + x
    total

let sum'any zero add (xs: 'a list) = fold add zero xs

let sumBy'int (f: 'a -> int) (xs: 'a list) =
    let mutable total = 0
    for x in xs do
        total <- total + f x
    total

let sumBy'float (f: 'a -> float) (xs: 'a list) =
    let mutable total = 0.0
    for x in xs do
        total <- total + f x
    total

let sumBy'any zero add f (xs: 'a list) = fold (fun total x -> add total (f x)) zero xs

let averageBy'float (f: 'a -> float) (xs: 'a list) =
    let mutable total = 0.0
    let mutable count = 0
    for x in xs do
        total <- total + f x
        count <- count + 1
    if count = 0 then failwith "List.averageBy: the list is empty" else total / float count

let averageBy'any zero one add divide f (xs: 'a list) =
    let mutable total = zero
    let mutable count = zero
    for x in xs do
        total <- add total (f x)
        count <- add count one
    match xs with
    | [] -> failwith "List.averageBy: the list is empty"
    | _ -> divide total count

let average'float (xs: float list) =
    match xs with
    | [] -> failwith "List.average: the list is empty"
    | _ -> averageBy'float (fun x -> x) xs

let average'any zero one add divide (xs: 'a list) =
    match xs with
    | [] -> failwith "List.average: the list is empty"
    | _ -> averageBy'any zero one add divide (fun x -> x) xs

let max (xs: 'a list) =
    match xs with
    | [] -> failwith "List.max: the list is empty"
    | x :: rest ->
        let mutable best = x
        for y in rest do
            if y > best then best <- y
        best

let min (xs: 'a list) =
    match xs with
    | [] -> failwith "List.min: the list is empty"
    | x :: rest ->
        let mutable best = x
        for y in rest do
            if y < best then best <- y
        best

let maxBy f (xs: 'a list) =
    match xs with
    | [] -> failwith "List.maxBy: the list is empty"
    | x :: rest ->
        let mutable best = x
        let mutable key = f x
        for y in rest do
            let other = f y
            if other > key then
                best <- y
                key <- other
        best

let minBy f (xs: 'a list) =
    match xs with
    | [] -> failwith "List.minBy: the list is empty"
    | x :: rest ->
        let mutable best = x
        let mutable key = f x
        for y in rest do
            let other = f y
            if other < key then
                best <- y
                key <- other
        best

let zip (xs: 'a list) (ys: 'b list) =
    let rec go made xs ys =
        match xs, ys with
        | x :: xs, y :: ys -> go ((x, y) :: made) xs ys
        | [], [] -> Native.listReverse made
        | _ -> differentLengths "List.zip"
    go [] xs ys

let zip3 (xs: 'a list) (ys: 'b list) (zs: 'c list) =
    let rec go made xs ys zs =
        match xs, ys, zs with
        | x :: xs, y :: ys, z :: zs -> go ((x, y, z) :: made) xs ys zs
        | [], [], [] -> Native.listReverse made
        | _ -> differentLengths "List.zip3"
    go [] xs ys zs

let unzip (pairs: ('a * 'b) list) =
    let mutable xs = []
    let mutable ys = []
    for (x, y) in pairs do
        xs <- x :: xs
        ys <- y :: ys
    (Native.listReverse xs, Native.listReverse ys)

let unzip3 (triples: ('a * 'b * 'c) list) =
    let mutable xs = []
    let mutable ys = []
    let mutable zs = []
    for (x, y, z) in triples do
        xs <- x :: xs
        ys <- y :: ys
        zs <- z :: zs
    (Native.listReverse xs, Native.listReverse ys, Native.listReverse zs)

let partition f (xs: 'a list) =
    let mutable fitting = []
    let mutable others = []
    for x in xs do
        if f x then fitting <- x :: fitting else others <- x :: others
    (Native.listReverse fitting, Native.listReverse others)

// Keys in the order of their first element.
let groupBy f (xs: 'a list) =
    let mutable groups = Map.Empty
    let mutable order = []
    for x in xs do
        let key = f x
        match Map.tryFind key groups with
        | Some group -> group := x :: !group
        | None ->
            let group = ref [ x ]
            groups <- Map.add key group groups
            order <- (key, group) :: order
    let mutable made = []
    for (key, group) in order do
        made <- (key, Native.listReverse !group) :: made
    made

let countBy f (xs: 'a list) =
    let mutable counts = Map.Empty
    let mutable order = []
    for x in xs do
        let key = f x
        match Map.tryFind key counts with
        | Some count -> count := !count + 1
        | None ->
            let count = ref 1
            counts <- Map.add key count counts
            order <- (key, count) :: order
    let mutable made = []
    for (key, count) in order do
        made <- (key, !count) :: made
    made

let distinctBy f (xs: 'a list) =
    let mutable seen = Set.Empty
    let mutable made = []
    for x in xs do
        let key = f x
        if not (Set.contains key seen) then
            seen <- Set.add key seen
            made <- x :: made
    Native.listReverse made

let distinct (xs: 'a list) = distinctBy (fun x -> x) xs

let except (excluded: 'a seq) (xs: 'a list) =
    let mutable seen = Set.ofSeq excluded
    let mutable made = []
    for x in xs do
        if not (Set.contains x seen) then
            seen <- Set.add x seen
            made <- x :: made
    Native.listReverse made

let contains item (xs: 'a list) =
    let mutable found = false
    for x in xs do
        if x = item then
            found <- true
            break
    found

let init count f =
    if count < 0 then failwith "List.init: the count is negative"
    let mutable made = []
    for i in 0 .. count - 1 do
        made <- f i :: made
    Native.listReverse made

let replicate count item =
    if count < 0 then failwith "List.replicate: the count is negative"
    let mutable made = []
    for _ in 1 .. count do
        made <- item :: made
    made

let indexed (xs: 'a list) = mapi (fun i x -> (i, x)) xs

let pairwise (xs: 'a list) =
    let rec go made x rest =
        match rest with
        | y :: rest -> go ((x, y) :: made) y rest
        | [] -> Native.listReverse made
    match xs with
    | [] -> []
    | x :: rest -> go [] x rest

let allPairs (xs: 'a list) (ys: 'b list) =
    let mutable made = []
    for x in xs do
        for y in ys do
            made <- (x, y) :: made
    Native.listReverse made

let transpose (lists: 'a list list) =
    let rec go made lists =
        match lists with
        | [] -> Native.listReverse made
        | [] :: rest -> if forall List.isEmpty rest then Native.listReverse made else differentLengths "List.transpose"
        | _ ->
            let mutable row = []
            let mutable rests = []
            for xs in lists do
                match xs with
                | x :: rest ->
                    row <- x :: row
                    rests <- rest :: rests
                | [] -> differentLengths "List.transpose"
            go (Native.listReverse row :: made) (Native.listReverse rests)
    go [] lists

let permute place (xs: 'a list) =
    let items = Native.listToArray xs
    let length = Native.arrayLength items
    let made = Native.arrayCopy items
    let taken = Native.arrayNew length false
    for i in 0 .. length - 1 do
        let at = place i
        if at < 0 || at >= length || taken.[at] then failwith "List.permute: the function is no permutation"
        taken.[at] <- true
        made.[at] <- items.[i]
    Native.listOfArray made

let noPlace name at (xs: 'a list) =
    failwith (name + ": place " + string at + " is outside of a list of " + string (Native.listLength xs))

// A list with some elements before it, which stand in reverse.
let onto (xs: 'a list) (before: 'a list) =
    let mutable made = xs
    for x in before do
        made <- x :: made
    made

let insertAt at item (xs: 'a list) =
    let (left, before, behind) = cut at xs
    if at < 0 || left > 0 then noPlace "List.insertAt" at xs else onto (item :: behind) before

let updateAt at item (xs: 'a list) =
    match cut (at + 1) xs with
    | (0, _ :: before, behind) -> onto (item :: behind) before
    | _ -> noPlace "List.updateAt" at xs

let removeAt at (xs: 'a list) =
    match cut (at + 1) xs with
    | (0, _ :: before, behind) -> onto behind before
    | _ -> noPlace "List.removeAt" at xs

let insertManyAt at (items: 'a seq) (xs: 'a list) =
    let (left, before, behind) = cut at xs
    if at < 0 || left > 0 then noPlace "List.insertManyAt" at xs
    else onto (Native.listAppend (ofSeq items) behind) before

let removeManyAt at count (xs: 'a list) =
    let (left, before, behind) = cut at xs
    let (more, _, rest) = cut count behind
    if at < 0 || left > 0 || count < 0 || more > 0 then noPlace "List.removeManyAt" at xs
    else onto rest before

let rec compareWith (order: 'a -> 'b -> int) (xs: 'a list) (ys: 'b list) =
    match xs, ys with
    | x :: xs, y :: ys ->
        let first = order x y
        if first <> 0 then first else compareWith order xs ys
    | [], [] -> 0
    | [], _ -> -1
    | _, [] -> 1

let singleton item = [ item ]
