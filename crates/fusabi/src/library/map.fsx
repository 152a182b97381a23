// Maps as weight-balanced trees (Adams; the balance of Hirai and Yamamoto, Journal of Functional Programming 21, 2011: neither side
// weighs more than three times the other). Keys go by the machine's total order, so that any key that can be told from another
// will do; the machine knows the shape of the type for equality, order and display.
module Map

type map<'k, 'v> =
    | Empty
    | Node of size: int * key: 'k * value: 'v * left: map<'k, 'v> * right: map<'k, 'v>

let count (m: map<'k, 'v>) =
    match m with
    | Empty -> 0
    | Node (size, _, _, _, _) -> size

let isEmpty (m: map<'k, 'v>) =
    match m with
    | Empty -> true
    | Node _ -> false

let node key value left right = Node (count left + count right + 1, key, value, left, right)

// A node whose sides may be out of balance by one addition or removal.
let balance key value left right =
    let leftSize = count left
    let rightSize = count right
    if leftSize + rightSize < 2 then
        Node (leftSize + rightSize + 1, key, value, left, right)
    elif rightSize > 3 * leftSize then
        match right with
        | Node (_, k, v, Node (_, ik, iv, il, ir), outer) when count il + count ir + 1 >= 2 * count outer ->
            node ik iv (node key value left il) (node k v ir outer)
        | Node (_, k, v, inner, outer) -> node k v (node key value left inner) outer
        | Empty -> node key value left right
    elif leftSize > 3 * rightSize then
        match left with
        | Node (_, k, v, outer, Node (_, ik, iv, il, ir)) when count il + count ir + 1 >= 2 * count outer ->
            node ik iv (node k v outer il) (node key value ir right)
        | Node (_, k, v, outer, inner) -> node k v outer (node key value inner right)
        | Empty -> node key value left right
    else
        Node (leftSize + rightSize + 1, key, value, left, right)

let rec add key value m =
    match m with
    | Empty -> Node (1, key, value, Empty, Empty)
    | Node (size, k, v, left, right) ->
        let order = Native.compare key k
        if order < 0 then balance k v (add key value left) right
        elif order > 0 then balance k v left (add key value right)
        else Node (size, key, value, left, right)

let rec tryFind key m =
    match m with
    | Empty -> None
    | Node (_, k, v, left, right) ->
        let order = Native.compare key k
        if order < 0 then tryFind key left
        elif order > 0 then tryFind key right
        else Some v

let rec findIn whole key m =
    match m with
    | Empty -> failwith (whole + ": there is no key " + Native.structural key)
    | Node (_, k, v, left, right) ->
        let order = Native.compare key k
        if order < 0 then findIn whole key left
        elif order > 0 then findIn whole key right
        else v

let find key m = findIn "Map.find" key m

let rec containsKey key m =
    match m with
    | Empty -> false
    | Node (_, k, _, left, right) ->
        let order = Native.compare key k
        if order < 0 then containsKey key left
        elif order > 0 then containsKey key right
        else true

let rec leastKey key m =
    match m with
    | Empty -> key
    | Node (_, k, _, left, _) -> leastKey k left

let rec leastValue value m =
    match m with
    | Empty -> value
    | Node (_, _, v, left, _) -> leastValue v left

let rec withoutLeast m =
    match m with
    | Empty -> Empty
    | Node (_, _, _, Empty, right) -> right
    | Node (_, k, v, left, right) -> balance k v (withoutLeast left) right

// All of two trees whose keys are in order and whose weights balance.
let glue left right =
    match left, right with
    | Empty, other -> other
    | other, Empty -> other
    | _, Node (_, k, v, _, _) -> balance (leastKey k right) (leastValue v right) left (withoutLeast right)

let rec remove key m =
    match m with
    | Empty -> Empty
    | Node (_, k, v, left, right) ->
        let order = Native.compare key k
        if order < 0 then balance k v (remove key left) right
        elif order > 0 then balance k v left (remove key right)
        else glue left right

// The tree of two trees of any weight and an entry between them.
let rec link key value left right =
    match left, right with
    | Empty, _ -> add key value right
    | _, Empty -> add key value left
    | Node (leftSize, lk, lv, ll, lr), Node (rightSize, rk, rv, rl, rr) ->
        if rightSize > 3 * leftSize then balance rk rv (link key value left rl) rr
        elif leftSize > 3 * rightSize then balance lk lv ll (link key value lr right)
        else node key value left right

// The tree of two trees of any weight whose keys are in order.
let rec join left right =
    match left, right with
    | Empty, other -> other
    | other, Empty -> other
    | Node (leftSize, lk, lv, ll, lr), Node (rightSize, rk, rv, rl, rr) ->
        if rightSize > 3 * leftSize then balance rk rv (join left rl) rr
        elif leftSize > 3 * rightSize then balance lk lv ll (join lr right)
        else glue left right

let change key f m =
    match f (tryFind key m) with
    | Some value -> add key value m
    | None -> remove key m

let rec fold f state m =
    match m with
    | Empty -> state
    | Node (_, k, v, left, right) -> fold f (f (fold f state left) k v) right

let rec foldBack f m state =
    match m with
    | Empty -> state
    | Node (_, k, v, left, right) -> foldBack f left (f k v (foldBack f right state))

let rec iter (f: 'k -> 'v -> unit) m =
    match m with
    | Empty -> ()
    | Node (_, k, v, left, right) ->
        iter f left
        f k v
        iter f right

let rec map f m =
    match m with
    | Empty -> Empty
    | Node (size, k, v, left, right) ->
        let before = map f left
        let changed = f k v
        Node (size, k, changed, before, map f right)

// `Map.map` with a function of the value alone.
let rec map'2 f m =
    match m with
    | Empty -> Empty
    | Node (size, k, v, left, right) ->
        let before = map'2 f left
        let changed = f v
        Node (size, k, changed, before, map'2 f right)

let rec filter f m =
    match m with
    | Empty -> Empty
    | Node (_, k, v, left, right) ->
        let before = filter f left
        if f k v then link k v before (filter f right) else join before (filter f right)

let rec partition f m =
    match m with
    | Empty -> (Empty, Empty)
    | Node (_, k, v, left, right) ->
        let (a, b) = partition f left
        let fits = f k v
        let (c, d) = partition f right
        if fits then (link k v a c, join b d) else (join a c, link k v b d)

let rec exists f m =
    match m with
    | Empty -> false
    | Node (_, k, v, left, right) ->
        if exists f left then true
        elif f k v then true
        else exists f right

let rec forall f m =
    match m with
    | Empty -> true
    | Node (_, k, v, left, right) ->
        if not (forall f left) then false
        elif f k v then forall f right
        else false

let rec tryPick f m =
    match m with
    | Empty -> None
    | Node (_, k, v, left, right) ->
        match tryPick f left with
        | Some found -> Some found
        | None ->
            match f k v with
            | Some found -> Some found
            | None -> tryPick f right

let pick f m =
    match tryPick f m with
    | Some found -> found
    | None -> failwith "Map.pick: no entry fits"

let tryFindKey f m = tryPick (fun k v -> if f k v then Some k else None) m

let findKey f m =
    match tryFindKey f m with
    | Some key -> key
    | None -> failwith "Map.findKey: no entry fits"

let toList m = foldBack (fun k v entries -> (k, v) :: entries) m []
let toArray m = Native.listToArray (toList m)
let toSeq m = Seq.ofList (toList m)
let keys m = foldBack (fun k _ keys -> k :: keys) m []
let values m = foldBack (fun _ v values -> v :: values) m []

let ofList (entries: ('k * 'v) list) =
    let mutable m = Empty
    for (k, v) in entries do
        m <- add k v m
    m

let ofArray (entries: ('k * 'v) array) =
    let mutable m = Empty
    for (k, v) in entries do
        m <- add k v m
    m

let ofSeq (entries: ('k * 'v) seq) =
    let mutable m = Empty
    for (k, v) in entries do
        m <- add k v m
    m

let minKeyValue m =
    match m with
    | Empty -> failwith "Map.minKeyValue: the map is empty"
    | Node (_, k, v, left, _) -> (leastKey k left, leastValue v left)

let maxKeyValue m =
    let rec go found m =
        match m with
        | Empty -> found
        | Node (_, k, v, _, right) -> go (k, v) right
    match m with
    | Empty -> failwith "Map.maxKeyValue: the map is empty"
    | Node (_, k, v, _, right) -> go (k, v) right
