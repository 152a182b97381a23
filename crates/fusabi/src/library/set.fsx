// Sets as weight-balanced trees; see map.fsx.
module Set

type set<'a> =
    | Empty
    | Node of size: int * key: 'a * left: set<'a> * right: set<'a>

let count (s: set<'a>) =
    match s with
    | Empty -> 0
    | Node (size, _, _, _) -> size

let isEmpty (s: set<'a>) =
    match s with
    | Empty -> true
    | Node _ -> false

let node key left right = Node (count left + count right + 1, key, left, right)

// A node whose sides may be out of balance by one addition or removal.
let balance key left right =
    let leftSize = count left
    let rightSize = count right
    if leftSize + rightSize < 2 then
        Node (leftSize + rightSize + 1, key, left, right)
    elif rightSize > 3 * leftSize then
        match right with
        | Node (_, k, Node (_, ik, il, ir), outer) when count il + count ir + 1 >= 2 * count outer ->
            node ik (node key left il) (node k ir outer)
        | Node (_, k, inner, outer) -> node k (node key left inner) outer
        | Empty -> node key left right
    elif leftSize > 3 * rightSize then
        match left with
        | Node (_, k, outer, Node (_, ik, il, ir)) when count il + count ir + 1 >= 2 * count outer ->
            node ik (node k outer il) (node key ir right)
        | Node (_, k, outer, inner) -> node k outer (node key inner right)
        | Empty -> node key left right
    else
        Node (leftSize + rightSize + 1, key, left, right)

let singleton item = Node (1, item, Empty, Empty)

let rec add item s =
    match s with
    | Empty -> Node (1, item, Empty, Empty)
    | Node (_, k, left, right) ->
        let order = Native.compare item k
        if order < 0 then balance k (add item left) right
        elif order > 0 then balance k left (add item right)
        else s

let rec contains item s =
    match s with
    | Empty -> false
    | Node (_, k, left, right) ->
        let order = Native.compare item k
        if order < 0 then contains item left
        elif order > 0 then contains item right
        else true

let rec least item s =
    match s with
    | Empty -> item
    | Node (_, k, left, _) -> least k left

let rec greatest item s =
    match s with
    | Empty -> item
    | Node (_, k, _, right) -> greatest k right

let minElement s =
    match s with
    | Empty -> failwith "Set.minElement: the set is empty"
    | Node (_, k, left, _) -> least k left

let maxElement s =
    match s with
    | Empty -> failwith "Set.maxElement: the set is empty"
    | Node (_, k, _, right) -> greatest k right

let rec withoutLeast s =
    match s with
    | Empty -> Empty
    | Node (_, _, Empty, right) -> right
    | Node (_, k, left, right) -> balance k (withoutLeast left) right

// All of two trees whose elements are in order and whose weights balance.
let glue left right =
    match left, right with
    | Empty, other -> other
    | other, Empty -> other
    | _, Node (_, k, _, _) -> balance (least k right) left (withoutLeast right)

let rec remove item s =
    match s with
    | Empty -> Empty
    | Node (_, k, left, right) ->
        let order = Native.compare item k
        if order < 0 then balance k (remove item left) right
        elif order > 0 then balance k left (remove item right)
        else glue left right

// The tree of two trees of any weight and an element between them.
let rec link item left right =
    match left, right with
    | Empty, _ -> add item right
    | _, Empty -> add item left
    | Node (leftSize, lk, ll, lr), Node (rightSize, rk, rl, rr) ->
        if rightSize > 3 * leftSize then balance rk (link item left rl) rr
        elif leftSize > 3 * rightSize then balance lk ll (link item lr right)
        else node item left right

// The tree of two trees of any weight whose elements are in order.
let rec join left right =
    match left, right with
    | Empty, other -> other
    | other, Empty -> other
    | Node (leftSize, lk, ll, lr), Node (rightSize, rk, rl, rr) ->
        if rightSize > 3 * leftSize then balance rk (join left rl) rr
        elif leftSize > 3 * rightSize then balance lk ll (join lr right)
        else glue left right

// The elements less than one, and those greater.
let rec below item s =
    match s with
    | Empty -> Empty
    | Node (_, k, left, right) ->
        let order = Native.compare k item
        if order < 0 then link k left (below item right)
        elif order > 0 then below item left
        else left

let rec above item s =
    match s with
    | Empty -> Empty
    | Node (_, k, left, right) ->
        let order = Native.compare k item
        if order > 0 then link k (above item left) right
        elif order < 0 then above item right
        else right

// Of equal elements that of the first set stays.
let rec union first second =
    match first, second with
    | Empty, other -> other
    | other, Empty -> other
    | Node (_, k, left, right), _ -> link k (union left (below k second)) (union right (above k second))

let rec intersect first second =
    match first, second with
    | Empty, _ -> Empty
    | _, Empty -> Empty
    | Node (_, k, left, right), _ ->
        let before = intersect left (below k second)
        let behind = intersect right (above k second)
        if contains k second then link k before behind else join before behind

let rec difference first second =
    match first, second with
    | Empty, _ -> Empty
    | other, Empty -> other
    | _, Node (_, k, left, right) -> join (difference (below k first) left) (difference (above k first) right)

let rec fold f state s =
    match s with
    | Empty -> state
    | Node (_, k, left, right) -> fold f (f (fold f state left) k) right

let rec foldBack f s state =
    match s with
    | Empty -> state
    | Node (_, k, left, right) -> foldBack f left (f k (foldBack f right state))

let rec iter (f: 'a -> unit) s =
    match s with
    | Empty -> ()
    | Node (_, k, left, right) ->
        iter f left
        f k
        iter f right

let rec exists f s =
    match s with
    | Empty -> false
    | Node (_, k, left, right) ->
        if exists f left then true
        elif f k then true
        else exists f right

let rec forall f s =
    match s with
    | Empty -> true
    | Node (_, k, left, right) ->
        if not (forall f left) then false
        elif f k then forall f right
        else false

let rec filter f s =
    match s with
    | Empty -> Empty
    | Node (_, k, left, right) ->
        let before = filter f left
        if f k then link k before (filter f right) else join before (filter f right)

let rec partition f s =
    match s with
    | Empty -> (Empty, Empty)
    | Node (_, k, left, right) ->
        let (a, b) = partition f left
        let fits = f k
        let (c, d) = partition f right
        if fits then (link k a c, join b d) else (join a c, link k b d)

let map f s = fold (fun made k -> add (f k) made) Empty s
let isSubset small large = count small <= count large && forall (fun k -> contains k large) small
let isSuperset large small = isSubset small large
let isProperSubset small large = count small < count large && isSubset small large
let isProperSuperset large small = isProperSubset small large

let unionMany (sets: set<'a> seq) =
    let mutable all = Empty
    for s in sets do
        all <- union all s
    all

let intersectMany (sets: set<'a> seq) =
    let mutable all = None
    for s in sets do
        match all with
        | None -> all <- Some s
        | Some before -> all <- Some (intersect before s)
    match all with
    | Some s -> s
    | None -> failwith "Set.intersectMany: there is no set"

let toList s = foldBack (fun k items -> k :: items) s []
let toArray s = Native.listToArray (toList s)
let toSeq s = Seq.ofList (toList s)

let ofList (items: 'a list) =
    let mutable s = Empty
    for item in items do
        s <- add item s
    s

let ofArray (items: 'a array) =
    let mutable s = Empty
    for item in items do
        s <- add item s
    s

let ofSeq (items: 'a seq) =
    let mutable s = Empty
    for item in items do
        s <- add item s
    s
