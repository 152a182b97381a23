module Tree@N =
  // Data structures: generic unions, recursion, higher-order functions, options.
  type Tree<'k, 'v> =
    | Leaf
    | Node of left: Tree<'k, 'v> * key: 'k * value: 'v * right: Tree<'k, 'v> * height: int

  let height tree =
    match tree with
    | Leaf -> 0
    | Node(_, _, _, _, height) -> height

  let node left key value right =
    Node(left, key, value, right, 1 + max (height left) (height right))

  let balance left key value right =
    match left, right with
    | Node(ll, lk, lv, lr, lh), _ when lh > height right + 1 ->
      if height ll >= height lr then
        node ll lk lv (node lr key value right)
      else
        match lr with
        | Node(lrl, lrk, lrv, lrr, _) -> node (node ll lk lv lrl) lrk lrv (node lrr key value right)
        | Leaf -> node left key value right
    | _, Node(rl, rk, rv, rr, rh) when rh > height left + 1 ->
      if height rr >= height rl then
        node (node left key value rl) rk rv rr
      else
        match rl with
        | Node(rll, rlk, rlv, rlr, _) -> node (node left key value rll) rlk rlv (node rlr rk rv rr)
        | Leaf -> node left key value right
    | _ -> node left key value right

  let rec add key value tree =
    match tree with
    | Leaf -> Node(Leaf, key, value, Leaf, 1)
    | Node(left, known, _, right, height) when key = known -> Node(left, key, value, right, height)
    | Node(left, known, held, right, _) ->
      if key < known then
        balance (add key value left) known held right
      else
        balance left known held (add key value right)

  let rec tryFind key tree =
    match tree with
    | Leaf -> None
    | Node(left, known, value, right, _) ->
      if key = known then Some value
      elif key < known then tryFind key left
      else tryFind key right

  let rec fold folder state tree =
    match tree with
    | Leaf -> state
    | Node(left, key, value, right, _) ->
      let state = fold folder state left
      let state = folder state key value
      fold folder state right

  let rec map mapping tree =
    match tree with
    | Leaf -> Leaf
    | Node(left, key, value, right, height) ->
      Node(map mapping left, key, mapping value, map mapping right, height)

  let ofList pairs = pairs |> List.fold (fun tree (key, value) -> add key value tree) Leaf
  let toList tree = fold (fun found key value -> (key, value) :: found) [] tree |> List.rev

  let words = "the quick brown fox jumps over the lazy dog @N".Split(' ') |> Array.toList

  let counts =
    words
    |> List.groupBy (fun word -> word)
    |> List.map (fun (word, all) -> word, List.length all)
    |> ofList

  let common = toList counts |> List.filter (fun (_, count) -> count > 1)
  let the = counts |> tryFind "the" |> Option.defaultValue 0

