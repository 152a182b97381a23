// Sequences. What gives a sequence computes nothing until somebody walks it, and begins anew for each walk; what needs all
// elements first gives a sequence that gathers them when it is walked.
module Seq

#load "map.fsx" "set.fsx" "list.fsx" "array.fsx"

let toList (source: 'a seq) = List.ofSeq source
let toArray (source: 'a seq) = Native.listToArray (List.ofSeq source)
let delay (make: unit -> 'a seq) : 'a seq = seq { yield! make () }
let singleton item : 'a seq = seq { yield item }

let map f (source: 'a seq) : 'b seq = seq {
    for x in source do
        yield f x
}

let mapi f (source: 'a seq) : 'b seq = seq {
    let mutable i = 0
    for x in source do
        yield f i x
        i <- i + 1
}

let map2 f (first: 'a seq) (second: 'b seq) : 'c seq = seq {
    let others = Native.iterator second
    for x in first do
        match Native.next others with
        | Some y -> yield f x y
        | None -> break
}

let filter f (source: 'a seq) : 'a seq = seq {
    for x in source do
        if f x then yield x
}

let where f (source: 'a seq) = filter f source

let choose f (source: 'a seq) : 'b seq = seq {
    for x in source do
        match f x with
        | Some y -> yield y
        | None -> ()
}

let collect (f: 'a -> 'b seq) (source: 'a seq) : 'b seq = seq {
    for x in source do
        yield! f x
}

let concat (sources: 'a seq seq) : 'a seq = seq {
    for source in sources do
        yield! source
}

let append (first: 'a seq) (second: 'a seq) : 'a seq = seq {
    yield! first
    yield! second
}

let iter (f: 'a -> unit) (source: 'a seq) =
    for x in source do
        f x

let iteri (f: int -> 'a -> unit) (source: 'a seq) =
    let mutable i = 0
    for x in source do
        f i x
        i <- i + 1

let iter2 (f: 'a -> 'b -> unit) (first: 'a seq) (second: 'b seq) =
    let others = Native.iterator second
    for x in first do
        match Native.next others with
        | Some y -> f x y
        | None -> break

let fold f state (source: 'a seq) =
    let mutable state = state
    for x in source do
        state <- f state x
    state

let foldBack f (source: 'a seq) state = List.foldBack f (List.ofSeq source) state

let reduce f (source: 'a seq) =
    let mutable state = None
    for x in source do
        match state with
        | Some before -> state <- Some (f before x)
        | None -> state <- Some x
    match state with
    | Some result -> result
    | None -> failwith "Seq.reduce: the sequence is empty"

let scan f state (source: 'a seq) : 's seq = seq {
    let mutable state = state
    yield state
    for x in source do
        state <- f state x
        yield state
}

let unfold f state : 'a seq = seq {
    let mutable state = Some state
    while Option.isSome state do
        match state with
        | Some before ->
            match f before with
            | Some (x, next) ->
                yield x
                state <- Some next
            | None -> state <- None
        | None -> ()
}

let init count f : 'a seq =
    if count < 0 then failwith "Seq.init: the count is negative"
    seq {
        for i in 0 .. count - 1 do
            yield f i
    }

let initInfinite f : 'a seq = seq {
    let mutable i = 0
    while true do
        yield f i
        i <- i + 1
}

let replicate count item : 'a seq =
    if count < 0 then failwith "Seq.replicate: the count is negative"
    seq {
        for _ in 1 .. count do
            yield item
    }

// Elements are taken from the source once, whoever asks for them first; `items` grows by doubling.
let cache (source: 'a seq) : 'a seq =
    let walk = ref None
    let items = ref [||]
    let count = ref 0
    let fetch () =
        let iterator =
            match !walk with
            | Some iterator -> iterator
            | None ->
                let iterator = Native.iterator source
                walk := Some iterator
                iterator
        match Native.next iterator with
        | Some x ->
            if !count = Native.arrayLength !items then
                let larger = Native.arrayNew (2 * !count + 4) x
                Native.arrayBlit !items 0 larger 0 !count
                items := larger
            (!items).[!count] <- x
            count := !count + 1
            true
        | None -> false
    seq {
        let mutable i = 0
        while i < !count || fetch () do
            yield (!items).[i]
            i <- i + 1
    }

let length (source: 'a seq) =
    let mutable count = 0
    for _ in source do
        count <- count + 1
    count

let isEmpty (source: 'a seq) =
    let mutable empty = true
    for _ in source do
        empty <- false
        break
    empty

let exists f (source: 'a seq) =
    let mutable found = false
    for x in source do
        if f x then
            found <- true
            break
    found

let forall f (source: 'a seq) =
    let mutable all = true
    for x in source do
        if not (f x) then
            all <- false
            break
    all

let tryFind f (source: 'a seq) =
    let mutable found = None
    for x in source do
        if f x then
            found <- Some x
            break
    found

let find f (source: 'a seq) =
    match tryFind f source with
    | Some x -> x
    | None -> failwith "Seq.find: no element fits"

let tryFindIndex f (source: 'a seq) =
    let mutable i = 0
    let mutable found = None
    for x in source do
        if f x then
            found <- Some i
            break
        i <- i + 1
    found

let findIndex f (source: 'a seq) =
    match tryFindIndex f source with
    | Some i -> i
    | None -> failwith "Seq.findIndex: no element fits"

let tryPick f (source: 'a seq) =
    let mutable found = None
    for x in source do
        found <- f x
        if Option.isSome found then break
    found

let pick f (source: 'a seq) =
    match tryPick f source with
    | Some found -> found
    | None -> failwith "Seq.pick: no element fits"

let tryHead (source: 'a seq) =
    let mutable found = None
    for x in source do
        found <- Some x
        break
    found

let head (source: 'a seq) =
    match tryHead source with
    | Some x -> x
    | None -> failwith "Seq.head: the sequence is empty"

let tryLast (source: 'a seq) =
    let mutable found = None
    for x in source do
        found <- Some x
    found

let last (source: 'a seq) =
    match tryLast source with
    | Some x -> x
    | None -> failwith "Seq.last: the sequence is empty"

let exactlyOne (source: 'a seq) = List.exactlyOne (List.ofSeq source)

let tryItem i (source: 'a seq) =
    let mutable left = i
    let mutable found = None
    for x in source do
        if left <= 0 then
            if left = 0 then found <- Some x
            break
        left <- left - 1
    found

let item i (source: 'a seq) =
    match tryItem i source with
    | Some x -> x
    | None -> failwith ("Seq.item: the sequence has no place " + string i)

let nth i (source: 'a seq) =
    match tryItem i source with
    | Some x -> x
    | None -> failwith ("Seq.nth: the sequence has no place " + string i)

let tooFew name count = failwith (name + ": the sequence has fewer than " + string count + " elements")

let take count (source: 'a seq) : 'a seq =
    if count < 0 then failwith "Seq.take: the count is negative"
    seq {
        if count > 0 then
            let mutable left = count
            for x in source do
                yield x
                left <- left - 1
                if left = 0 then break
            if left > 0 then tooFew "Seq.take" count
    }

let skip count (source: 'a seq) : 'a seq = seq {
    let mutable left = count
    for x in source do
        if left > 0 then left <- left - 1 else yield x
    if left > 0 then tooFew "Seq.skip" count
}

let tail (source: 'a seq) : 'a seq = seq {
    let mutable first = true
    for x in source do
        if first then first <- false else yield x
    if first then failwith "Seq.tail: the sequence is empty"
}

let truncate count (source: 'a seq) : 'a seq = seq {
    if count > 0 then
        let mutable left = count
        for x in source do
            yield x
            left <- left - 1
            if left = 0 then break
}

let takeWhile f (source: 'a seq) : 'a seq = seq {
    for x in source do
        if f x then yield x else break
}

let skipWhile f (source: 'a seq) : 'a seq = seq {
    let mutable skipping = true
    for x in source do
        if skipping && f x then
            ()
        else
            skipping <- false
            yield x
}

let contains item (source: 'a seq) =
    let mutable found = false
    for x in source do
        if x = item then
            found <- true
            break
    found

let distinctBy f (source: 'a seq) : 'a seq = seq {
    let mutable seen = Set.Empty
    for x in source do
        let key = f x
        if not (Set.contains key seen) then
            seen <- Set.add key seen
            yield x
}

let distinct (source: 'a seq) : 'a seq = distinctBy (fun x -> x) source

let except (excluded: 'a seq) (source: 'a seq) : 'a seq = seq {
    yield! List.except excluded (List.ofSeq source)
}

let groupBy f (source: 'a seq) : ('k * 'a seq) seq = seq {
    for (key, group) in List.groupBy f (List.ofSeq source) do
        yield (key, Seq.ofList group)
}

let countBy f (source: 'a seq) : ('k * int) seq = seq { yield! List.countBy f (List.ofSeq source) }
let sort (source: 'a seq) : 'a seq = seq { yield! List.sort (List.ofSeq source) }
let sortDescending (source: 'a seq) : 'a seq = seq { yield! List.sortDescending (List.ofSeq source) }
let sortBy f (source: 'a seq) : 'a seq = seq { yield! List.sortBy f (List.ofSeq source) }
let sortByDescending f (source: 'a seq) : 'a seq = seq { yield! List.sortByDescending f (List.ofSeq source) }
let sortWith order (source: 'a seq) : 'a seq = seq { yield! List.sortWith order (List.ofSeq source) }
let rev (source: 'a seq) : 'a seq = seq { yield! Native.listReverse (List.ofSeq source) }

let sum'int (source: int seq) =
    let mutable total = 0
    for x in source do
        total <- total + x
    total

let sum'float (source: float seq) =
    let mutable total = 0.0
    for x in source do
        total <- total + x
    total

let sum'any zero add (source: 'a seq) = fold add zero source

let sumBy'int (f: 'a -> int) (source: 'a seq) =
    let mutable total = 0
    for x in source do
        total <- total + f x
    total

let sumBy'float (f: 'a -> float) (source: 'a seq) =
    let mutable total = 0.0
    for x in source do
        total <- total + f x
    total

let sumBy'any zero add f (source: 'a seq) = fold (fun total x -> add total (f x)) zero source

let averageBy'float (f: 'a -> float) (source: 'a seq) =
    let mutable total = 0.0
    let mutable count = 0
    for x in source do
        total <- total + f x
        count <- count + 1
    if count = 0 then failwith "Seq.averageBy: the sequence is empty" else total / float count

let averageBy'any zero one add divide f (source: 'a seq) =
    let mutable total = zero
    let mutable count = zero
    let mutable empty = true
    for x in source do
        total <- add total (f x)
        count <- add count one
        empty <- false
    if empty then failwith "Seq.averageBy: the sequence is empty" else divide total count

let average'float (source: float seq) =
    let mutable total = 0.0
    let mutable count = 0
    for x in source do
        total <- total + x
        count <- count + 1
    if count = 0 then failwith "Seq.average: the sequence is empty" else total / float count

let average'any zero one add divide (source: 'a seq) =
    match List.ofSeq source with
    | [] -> failwith "Seq.average: the sequence is empty"
    | items -> List.averageBy'any zero one add divide (fun x -> x) items

// A list that is not empty, for what needs a first element.
let someOf name (source: 'a seq) =
    match List.ofSeq source with
    | [] -> failwith (name + ": the sequence is empty")
    | items -> items

let max (source: 'a seq) = List.max (someOf "Seq.max" source)
let min (source: 'a seq) = List.min (someOf "Seq.min" source)
let maxBy f (source: 'a seq) = List.maxBy f (someOf "Seq.maxBy" source)
let minBy f (source: 'a seq) = List.minBy f (someOf "Seq.minBy" source)
let zip (first: 'a seq) (second: 'b seq) : ('a * 'b) seq = map2 (fun x y -> (x, y)) first second
let indexed (source: 'a seq) : (int * 'a) seq = mapi (fun i x -> (i, x)) source

let pairwise (source: 'a seq) : ('a * 'a) seq = seq {
    let mutable before = None
    for x in source do
        match before with
        | Some earlier -> yield (earlier, x)
        | None -> ()
        before <- Some x
}

let windowed size (source: 'a seq) : 'a array seq =
    if size < 1 then failwith "Seq.windowed: the size is not positive"
    seq { yield! Array.windowed size (toArray source) }

let chunkBySize size (source: 'a seq) : 'a array seq =
    if size < 1 then failwith "Seq.chunkBySize: the size is not positive"
    seq {
        let mutable chunk = []
        let mutable count = 0
        for x in source do
            chunk <- x :: chunk
            count <- count + 1
            if count = size then
                yield Native.listToArray (Native.listReverse chunk)
                chunk <- []
                count <- 0
        if count > 0 then yield Native.listToArray (Native.listReverse chunk)
    }

let map3 f (first: 'a seq) (second: 'b seq) (third: 'c seq) : 'd seq =
    map2 (fun x (y, z) -> f x y z) first (zip second third)

let mapi2 f (first: 'a seq) (second: 'b seq) : 'c seq = mapi (fun i (x, y) -> f i x y) (zip first second)
let iteri2 (f: int -> 'a -> 'b -> unit) (first: 'a seq) (second: 'b seq) = iteri (fun i (x, y) -> f i x y) (zip first second)
let fold2 f state (first: 'a seq) (second: 'b seq) = fold (fun state (x, y) -> f state x y) state (zip first second)
let exists2 f (first: 'a seq) (second: 'b seq) = exists (fun (x, y) -> f x y) (zip first second)
let forall2 f (first: 'a seq) (second: 'b seq) = forall (fun (x, y) -> f x y) (zip first second)
let zip3 (first: 'a seq) (second: 'b seq) (third: 'c seq) : ('a * 'b * 'c) seq = map3 (fun x y z -> (x, y, z)) first second third
let reduceBack f (source: 'a seq) = List.reduceBack f (someOf "Seq.reduceBack" source)
let scanBack f (source: 'a seq) state : 's seq = seq { yield! List.scanBack f (List.ofSeq source) state }
let tryFindBack f (source: 'a seq) = List.tryFindBack f (List.ofSeq source)

let findBack f (source: 'a seq) =
    match tryFindBack f source with
    | Some x -> x
    | None -> failwith "Seq.findBack: no element fits"

let mapFold f state (source: 'a seq) : 'b seq * 's =
    let (made, last) = List.mapFold f state (List.ofSeq source)
    (Seq.ofList made, last)

let allPairs (first: 'a seq) (second: 'b seq) : ('a * 'b) seq =
    let others = cache second
    seq {
        for x in first do
            for y in others do
                yield (x, y)
    }

let tryExactlyOne (source: 'a seq) = List.tryExactlyOne (List.ofSeq (truncate 2 source))

let splitInto count (source: 'a seq) : 'a array seq =
    if count < 1 then failwith "Seq.splitInto: the count is not positive"
    seq { yield! Array.splitInto count (toArray source) }

let insertAt at item (source: 'a seq) : 'a seq = seq {
    let mutable i = 0
    for x in source do
        if i = at then yield item
        yield x
        i <- i + 1
    if i = at then yield item
    if at < 0 || i < at then failwith ("Seq.insertAt: the sequence has no place " + string at)
}

let updateAt at item (source: 'a seq) : 'a seq = seq {
    let mutable i = 0
    for x in source do
        yield (if i = at then item else x)
        i <- i + 1
    if at < 0 || i <= at then failwith ("Seq.updateAt: the sequence has no place " + string at)
}

let removeAt at (source: 'a seq) : 'a seq = seq {
    let mutable i = 0
    for x in source do
        if i <> at then yield x
        i <- i + 1
    if at < 0 || i <= at then failwith ("Seq.removeAt: the sequence has no place " + string at)
}

let compareWith order (first: 'a seq) (second: 'b seq) = List.compareWith order (List.ofSeq first) (List.ofSeq second)
