// priority queue (leftist heap), dijkstra, bfs, topological sort
type Heap<'a> =
    | E
    | T of rank: int * value: 'a * left: Heap<'a> * right: Heap<'a>
module Heap =
    let rank = function E -> 0 | T (r, _, _, _) -> r
    let make x a b = if rank a >= rank b then T (rank b + 1, x, a, b) else T (rank a + 1, x, b, a)
    let rec merge a b =
        match a, b with
        | E, h | h, E -> h
        | T (_, x, l1, r1), T (_, y, l2, r2) ->
            if x <= y then make x l1 (merge r1 b) else make y l2 (merge a r2)
    let insert x h = merge (T (1, x, E, E)) h
    let pop = function
        | E -> None
        | T (_, x, l, r) -> Some (x, merge l r)
let heapSort xs = List.unfold Heap.pop (List.fold (fun h x -> Heap.insert x h) E xs)
printfn "%A" (heapSort [5; 3; 9; 1; 3])
type Graph = Map<string, (string * int) list>
let graph : Graph =
    [ "a", [ "b", 7; "c", 3 ]
      "b", [ "d", 2 ]
      "c", [ "b", 1; "d", 8 ]
      "d", [] ]
    |> Map.ofList
let dijkstra (g: Graph) start =
    let rec loop dist heap =
        match Heap.pop heap with
        | None -> dist
        | Some ((d, node), rest) ->
            if Map.containsKey node dist then loop dist rest
            else
                let edges = g |> Map.tryFind node |> Option.defaultValue []
                let heap' = edges |> List.fold (fun h (n, w) -> Heap.insert (d + w, n) h) rest
                loop (Map.add node d dist) heap'
    loop Map.empty (Heap.insert (0, start) E)
dijkstra graph "a" |> Map.iter (printfn "%s=%d")
let bfs (g: Graph) start =
    let rec go visited frontier acc =
        match frontier with
        | [] -> List.rev acc
        | n :: rest when Set.contains n visited -> go visited rest acc
        | n :: rest -> go (visited.Add n) (rest @ List.map fst g.[n]) (n :: acc)
    go Set.empty [start] []
printfn "%s" (bfs graph "a" |> String.concat " -> ")
let rec topo (g: Graph) =
    let rec visit (seen, order) node =
        if Set.contains node seen then seen, order
        else
            let seen, order = g.[node] |> List.map fst |> List.fold visit (Set.add node seen, order)
            seen, node :: order
    g |> Map.toList |> List.map fst |> List.fold visit (Set.empty, []) |> snd
printfn "%A" (topo graph)
let rec paths (g: Graph) a b =
    if a = b then [ [ b ] ]
    else [ for n, _ in g.[a] do
             for p in paths g n b -> a :: p ]
for p in paths graph "a" "d" do printfn "%s" (String.concat "" p)
