// Game of life on sets and on arrays
let neighbours (x, y) =
    [ for dx in -1 .. 1 do
        for dy in -1 .. 1 do
            if dx <> 0 || dy <> 0 then
                yield x + dx, y + dy ]
let step (cells: Set<int * int>) =
    cells
    |> Seq.collect neighbours
    |> Seq.countBy id
    |> Seq.filter (fun (c, n) -> n = 3 || (n = 2 && cells.Contains c))
    |> Seq.map fst
    |> Set.ofSeq
let render w h cells =
    for y in 0 .. h - 1 do
        [ for x in 0 .. w - 1 -> if Set.contains (x, y) cells then '#' else '.' ]
        |> List.map string
        |> String.concat ""
        |> printfn "%s"
let glider = set [ 1, 0; 2, 1; 0, 2; 1, 2; 2, 2 ]
let rec iterate n f x = if n = 0 then x else iterate (n - 1) f (f x)
render 5 5 (iterate 4 step glider)
