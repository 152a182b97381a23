// lists library use
let xs = [3; 1; 4; 1; 5; 9; 2; 6; 5; 3; 5]
printfn "%d %d %d %.2f" (List.sum xs) (List.min xs) (List.max xs) (xs |> List.averageBy float)
printfn "%A" (xs |> List.distinct |> List.sortDescending |> List.truncate 3)
printfn "%A" (List.zip [1; 2] ["a"; "b"])
printfn "%A" (xs |> List.countBy (fun x -> x % 2 = 0))
printfn "%A" (List.foldBack (fun x acc -> x - acc) [10; 3; 2] 0)
printfn "%A" (List.reduce (fun a b -> a * 10 + b) [1; 2; 3])
printfn "%A" (List.scan (+) 0 [1; 2; 3])
printfn "%A" (List.tryFind (fun x -> x > 4) xs, List.tryFindIndex ((=) 9) xs)
printfn "%A" (List.partition (fun x -> x > 3) xs)
printfn "%A" (List.chunkBySize 2 [1..5])
printfn "%A" (List.windowed 3 [1..4])
printfn "%A" (List.pairwise [1; 4; 9] |> List.map (fun (a, b) -> b - a))
printfn "%A" (List.allPairs [1; 2] ['a'; 'b'])
printfn "%A" (List.collect (fun x -> [x; x * 10]) [1; 2])
printfn "%A" (List.choose (fun x -> if x % 2 = 0 then Some (x / 2) else None) [1..6])
printfn "%A" (List.groupBy (fun (s: string) -> s.[0]) ["ab"; "b"; "ac"])
printfn "%A" (List.sortBy (fun (a, b) -> b, a) [2, 'x'; 1, 'x'; 3, 'a'])
printfn "%A" (List.sortWith (fun a b -> compare b a) [1; 3; 2])
printfn "%A" (List.mapi (fun i x -> i * x) [5; 6; 7])
printfn "%A" (List.unfold (fun n -> if n > 100 then None else Some (n, n * 2)) 1)
printfn "%A" (List.exists2 (=) [1; 2] [3; 2], List.forall (fun x -> x > 0) xs)
printfn "%A" (List.transpose [[1; 2; 3]; [4; 5; 6]])
printfn "%A" (List.mapFold (fun s x -> s + x, s + x) 0 [1; 2; 3])
printfn "%A" (List.takeWhile (fun x -> x <> 5) xs, List.skip 9 xs)
printfn "%A" (xs |> List.indexed |> List.filter (fun (i, _) -> i % 4 = 0) |> List.map snd)
printfn "%A" (List.unzip [1, 'a'; 2, 'b'])
printfn "%A" (List.concat [[1]; []; [2; 3]])
printfn "%A %A" (List.last xs) (List.item 2 xs)
printfn "%A" (xs.[2], xs.Length, xs.Head, xs.Tail.Head, [].IsEmpty)
printfn "%A" xs.[1..3]
let rec permutations = function
    | [] -> [[]]
    | xs -> [ for x in xs do
                for p in permutations (List.filter ((<>) x) xs) do
                    x :: p ]
printfn "%A" (permutations [1; 2; 3])
let rec combos n = function
    | _ when n = 0 -> [[]]
    | [] -> []
    | x :: xs -> List.map (fun c -> x :: c) (combos (n - 1) xs) @ combos n xs
printfn "%d %A" (combos 3 [1..6]).Length (combos 2 ["a"; "b"; "c"])
let queens n =
    let safe (r, c) qs = qs |> List.forall (fun (r', c') -> c <> c' && abs (r - r') <> abs (c - c'))
    let rec place r qs =
        if r = n then 1
        else
            seq { 0 .. n - 1 }
            |> Seq.filter (fun c -> safe (r, c) qs)
            |> Seq.sumBy (fun c -> place (r + 1) ((r, c) :: qs))
    place 0 []
printfn "%d" (queens 6)
let m = Map.ofList ["a", 1; "b", 2] |> Map.add "c" 3 |> Map.remove "a"
printfn "%A %d %b" (Map.toList m) m.["b"] (m.ContainsKey "a")
printfn "%d" (m |> Map.fold (fun acc _ v -> acc + v) 0)
printfn "%A" (m |> Map.map (fun k v -> k + string v) |> Map.toSeq |> Seq.map snd |> Seq.toList)
let words = "a b a c b a".Split(' ') |> Array.fold (fun m w -> Map.change w (function Some n -> Some (n + 1) | None -> Some 1) m) Map.empty
printfn "%A" words
let s1, s2 = set [1; 2; 3], set [2; 3; 4]
printfn "%A %A %A %A" (s1 + s2) (s1 - s2) (Set.intersect s1 s2) (Set.isSubset (set [2]) s1)
