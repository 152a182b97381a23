// bfs maze, flood fill, dynamic programming, knapsack, lcs, edit distance, union find
let maze =
    [| "#######"
       "#S..#.#"
       "#.#...#"
       "#.###.#"
       "#....E#"
       "#######" |]
let find ch =
    seq { for y in 0 .. maze.Length - 1 do
            for x in 0 .. maze.[y].Length - 1 do
                if maze.[y].[x] = ch then yield x, y }
    |> Seq.head
let bfs start goal =
    let rec go visited queue =
        match queue with
        | [] -> None
        | (pos, d) :: _ when pos = goal -> Some d
        | ((x, y), d) :: rest ->
            let next =
                [ 0, 1; 1, 0; 0, -1; -1, 0 ]
                |> List.map (fun (dx, dy) -> x + dx, y + dy)
                |> List.filter (fun (nx, ny) -> maze.[ny].[nx] <> '#' && not (Set.contains (nx, ny) visited))
            let visited' = List.fold (fun s p -> Set.add p s) visited next
            go visited' (rest @ List.map (fun p -> p, d + 1) next)
    go (Set.singleton start) [ start, 0 ]
printfn "%A" (bfs (find 'S') (find 'E'))
let lcs (a: string) (b: string) =
    let t = Array.init (a.Length + 1) (fun _ -> Array.create (b.Length + 1) 0)
    for i in 1 .. a.Length do
        for j in 1 .. b.Length do
            t.[i].[j] <-
                if a.[i - 1] = b.[j - 1] then t.[i - 1].[j - 1] + 1
                else max t.[i - 1].[j] t.[i].[j - 1]
    t.[a.Length].[b.Length]
printfn "%d" (lcs "AGGTAB" "GXTXAYB")
let levenshtein (s: string) (t: string) =
    let m, n = s.Length, t.Length
    let mutable prev = [| 0 .. n |]
    for i in 1 .. m do
        let cur = Array.zeroCreate (n + 1)
        cur.[0] <- i
        for j in 1 .. n do
            let cost = if s.[i - 1] = t.[j - 1] then 0 else 1
            cur.[j] <- List.min [ prev.[j] + 1; cur.[j - 1] + 1; prev.[j - 1] + cost ]
        prev <- cur
    prev.[n]
printfn "%d %d" (levenshtein "kitten" "sitting") (levenshtein "" "abc")
let knapsack cap items =
    let best = Array.create (cap + 1) 0
    for w, v in items do
        for c in cap .. -1 .. w do
            best.[c] <- max best.[c] (best.[c - w] + v)
    best.[cap]
printfn "%d" (knapsack 50 [ 10, 60; 20, 100; 30, 120 ])
let components n edges =
    let parent = Array.init n id
    let rec root x = if parent.[x] = x then x else root parent.[x]
    for a, b in edges do
        let ra, rb = root a, root b
        if ra <> rb then parent.[ra] <- rb
    [ 0 .. n - 1 ] |> List.map root |> List.distinct |> List.length
printfn "%d" (components 6 [ 0, 1; 1, 2; 3, 4 ])
let coins = [ 1; 2; 5; 10; 20; 50; 100; 200 ]
let ways target =
    let table = Array.create (target + 1) 0L
    table.[0] <- 1L
    for c in coins do
        for i in c .. target do
            table.[i] <- table.[i] + table.[i - c]
    table.[target]
printfn "%d" (ways 200)
let spiral n =
    let g = Array.init n (fun _ -> Array.create n 0)
    let mutable x, y, dx, dy = 0, 0, 1, 0
    for k in 1 .. n * n do
        g.[y].[x] <- k
        let nx, ny = x + dx, y + dy
        if nx < 0 || nx >= n || ny < 0 || ny >= n || g.[ny].[nx] <> 0 then
            let t = dx
            dx <- -dy
            dy <- t
        x <- x + dx
        y <- y + dy
    g
for row in spiral 3 do printfn "%s" (row |> Seq.map string |> String.concat " ")
let pascal = Seq.unfold (fun row -> Some (row, List.map2 (+) (0 :: row) (row @ [0]))) [1]
for row in Seq.take 4 pascal do printfn "%A" row
