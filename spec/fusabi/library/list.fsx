// Lists (§3.3): one line per function.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
let none: int list = []
printfn "%A" (List.length [5; 6; 7])
// expect: 3
printfn "%A" (List.head [5; 6])
// expect: 5
printfn "%s" (fails (fun () -> List.head none))
// expect: List.head: the list is empty
printfn "%A" (List.tail [5; 6; 7])
// expect: [6; 7]
printfn "%s" (fails (fun () -> List.tail none))
// expect: List.tail: the list is empty
printfn "%A" (List.last [5; 6; 7])
// expect: 7
printfn "%s" (fails (fun () -> List.last none))
// expect: List.last: the list is empty
printfn "%A" (List.reverse [1; 2; 3])
// expect: [3; 2; 1]
printfn "%A" (List.rev [1; 2; 3])
// expect: [3; 2; 1]
printfn "%A" (List.isEmpty none, List.isEmpty [1])
// expect: (true, false)
printfn "%A" (List.append [1; 2] [3])
// expect: [1; 2; 3]
printfn "%A" (List.concat [[1]; []; [2; 3]])
// expect: [1; 2; 3]
printfn "%A" (List.map (fun x -> x * 10) [1; 2])
// expect: [10; 20]
printfn "%A" (List.mapi (fun i x -> i * 100 + x) [7; 8])
// expect: [7; 108]
printfn "%A" (List.map2 (+) [1; 2] [10; 20])
// expect: [11; 22]
printfn "%s" (fails (fun () -> List.map2 (+) [1; 2] [10]))
// expect: List.map2: the lists have different lengths
printfn "%A" (List.map3 (fun a b c -> a + b + c) [1; 2] [10; 20] [100; 200])
// expect: [111; 222]
printfn "%A" (List.mapi2 (fun i a b -> i + a + b) [1; 2] [10; 20])
// expect: [11; 23]
List.iter (fun x -> printfn "iter %d" x) [1; 2]
// expect: iter 1
// expect: iter 2
List.iteri (fun i x -> printfn "iteri %d %s" i x) ["a"; "b"]
// expect: iteri 0 a
// expect: iteri 1 b
List.iter2 (fun x y -> printfn "iter2 %d %s" x y) [1; 2] ["a"; "b"]
// expect: iter2 1 a
// expect: iter2 2 b
printfn "%s" (fails (fun () -> List.iter2 (fun _ _ -> ()) [1] none))
// expect: List.iter2: the lists have different lengths
printfn "%A" (List.filter (fun x -> x % 2 = 0) [1; 2; 3; 4])
// expect: [2; 4]
printfn "%A" (List.where (fun x -> x > 2) [1; 2; 3; 4])
// expect: [3; 4]
printfn "%A" (List.fold (fun s x -> s * 10 + x) 0 [1; 2; 3])
// expect: 123
printfn "%A" (List.fold2 (fun s x y -> s + x * y) 0 [1; 2] [10; 20])
// expect: 50
printfn "%A" (List.foldBack (fun x s -> s * 10 + x) [1; 2; 3] 0)
// expect: 321
printfn "%A" (List.foldBack2 (fun x y s -> s * 100 + x * 10 + y) [1; 2] [3; 4] 0)
// expect: 2413
printfn "%A" (List.reduce (-) [10; 3; 2])
// expect: 5
printfn "%s" (fails (fun () -> List.reduce (-) none))
// expect: List.reduce: the list is empty
printfn "%A" (List.reduceBack (-) [10; 3; 2])
// expect: 9
printfn "%A" (List.scan (+) 0 [1; 2; 3])
// expect: [0; 1; 3; 6]
printfn "%A" (List.scanBack (+) [1; 2; 3] 0)
// expect: [6; 5; 3; 0]
printfn "%A" (List.mapFold (fun s x -> (s + x, s + 1)) 10 [1; 2])
// expect: ([11; 13], 12)
printfn "%A" (List.mapFoldBack (fun x s -> (s + x, s + 1)) [1; 2] 10)
// expect: ([12; 12], 12)
printfn "%A" (List.unfold (fun n -> if n > 3 then None else Some (n * n, n + 1)) 1)
// expect: [1; 4; 9]
printfn "%A" (List.exists (fun x -> x = 2) [1; 2], List.exists (fun x -> x = 3) [1; 2])
// expect: (true, false)
printfn "%A" (List.exists2 (=) [1; 2] [3; 2])
// expect: true
printfn "%A" (List.forall (fun x -> x > 0) [1; 2], List.forall (fun x -> x > 1) [1; 2])
// expect: (true, false)
printfn "%A" (List.forall2 (<) [1; 2] [3; 2])
// expect: false
printfn "%A" (List.find (fun x -> x > 1) [1; 2; 3])
// expect: 2
printfn "%s" (fails (fun () -> List.find (fun x -> x > 5) [1; 2; 3]))
// expect: List.find: no element fits
printfn "%A" (List.tryFind (fun x -> x > 1) [1; 2; 3], List.tryFind (fun x -> x > 5) [1])
// expect: (Some 2, None)
printfn "%A" (List.findBack (fun x -> x < 3) [1; 2; 3])
// expect: 2
printfn "%A" (List.tryFindBack (fun x -> x < 3) [1; 2; 3])
// expect: Some 2
printfn "%A" (List.findIndex (fun x -> x = 3) [1; 2; 3])
// expect: 2
printfn "%A" (List.tryFindIndex (fun x -> x = 9) [1; 2; 3])
// expect: None
printfn "%A" (List.pick (fun x -> if x > 1 then Some (x * 10) else None) [1; 2; 3])
// expect: 20
printfn "%A" (List.tryPick (fun x -> if x > 5 then Some x else None) [1; 2; 3])
// expect: None
printfn "%A" (List.choose (fun x -> if x % 2 = 1 then Some (x * 10) else None) [1; 2; 3])
// expect: [10; 30]
printfn "%A" (List.collect (fun x -> [x; x * 10]) [1; 2])
// expect: [1; 10; 2; 20]
printfn "%A" (List.nth 1 [5; 6], List.nth 2 [5; 6])
// expect: (Some 6, None)
printfn "%A" (List.item 1 [5; 6])
// expect: 6
printfn "%s" (fails (fun () -> List.item 2 [5; 6]))
// expect: List.item: place 2 is outside of a list of 2
printfn "%A" (List.tryItem 0 [5; 6], List.tryItem -1 [5; 6])
// expect: (Some 5, None)
printfn "%A" (List.tryHead [5], List.tryHead none)
// expect: (Some 5, None)
printfn "%A" (List.tryLast [5; 6], List.tryLast none)
// expect: (Some 6, None)
printfn "%A" (List.exactlyOne [5])
// expect: 5
printfn "%s" (fails (fun () -> List.exactlyOne [5; 6]))
// expect: List.exactlyOne: the list has more than one element
printfn "%A" (List.tryExactlyOne [5], List.tryExactlyOne [5; 6])
// expect: (Some 5, None)
printfn "%A" (List.take 2 [1; 2; 3])
// expect: [1; 2]
printfn "%s" (fails (fun () -> List.take 4 [1; 2; 3]))
// expect: List.take: the list has fewer than 4 elements
printfn "%A" (List.skip 2 [1; 2; 3])
// expect: [3]
printfn "%s" (fails (fun () -> List.skip 4 [1; 2; 3]))
// expect: List.skip: the list has fewer than 4 elements
printfn "%A" (List.truncate 2 [1; 2; 3], List.truncate 9 [1])
// expect: ([1; 2], [1])
printfn "%A" (List.takeWhile (fun x -> x < 3) [1; 2; 3; 1])
// expect: [1; 2]
printfn "%A" (List.skipWhile (fun x -> x < 3) [1; 2; 3; 1])
// expect: [3; 1]
printfn "%A" (List.splitAt 1 [1; 2; 3])
// expect: ([1], [2; 3])
printfn "%A" (List.splitInto 3 [1; 2; 3; 4; 5])
// expect: [[1; 2]; [3; 4]; [5]]
printfn "%A" (List.sort [3; 1; 2])
// expect: [1; 2; 3]
printfn "%A" (List.sort ["b"; "a"; "B"])
// expect: ["B"; "a"; "b"]
printfn "%A" (List.sortDescending [3; 1; 2])
// expect: [3; 2; 1]
printfn "%A" (List.sortBy (fun (a, _) -> a) [(2, "x"); (1, "y"); (2, "a"); (1, "b")])
// expect: [(1, "y"); (1, "b"); (2, "x"); (2, "a")]
printfn "%A" (List.sortByDescending (fun (a, _) -> a) [(1, "y"); (2, "x"); (1, "b"); (2, "a")])
// expect: [(2, "x"); (2, "a"); (1, "y"); (1, "b")]
printfn "%A" (List.sortWith (fun a b -> compare (b % 10) (a % 10)) [21; 3; 13; 5; 1])
// expect: [5; 3; 13; 21; 1]
printfn "%A" (List.sum [1; 2; 3], List.sum none)
// expect: (6, 0)
printfn "%A" (List.sum [0.5; 0.25], List.sum ([]: float list))
// expect: (0.75, 0.0)
printfn "%A" (List.sum [200uy; 100uy])
// expect: 44uy
printfn "%A" (List.sumBy (fun x -> x * x) [1; 2; 3])
// expect: 14
printfn "%A" (List.sumBy (fun (s: string) -> float s.Length) ["a"; "bc"])
// expect: 3.0
printfn "%A" (List.average [1.0; 2.0; 6.0])
// expect: 3.0
printfn "%s" (fails (fun () -> List.average ([]: float list)))
// expect: List.average: the list is empty
printfn "%A" (List.averageBy (fun x -> float x) [1; 2])
// expect: 1.5
printfn "%A" (List.max [1; 3; 2])
// expect: 3
printfn "%s" (fails (fun () -> List.max none))
// expect: List.max: the list is empty
printfn "%A" (List.min [2; 1; 3])
// expect: 1
printfn "%A" (List.maxBy (fun (s: string) -> s.Length) ["a"; "bcd"; "efg"])
// expect: "bcd"
printfn "%A" (List.minBy (fun (s: string) -> s.Length) ["ab"; "c"; "d"])
// expect: "c"
printfn "%A" (List.zip [1; 2] ["a"; "b"])
// expect: [(1, "a"); (2, "b")]
printfn "%A" (List.zip3 [1] ["a"] [true])
// expect: [(1, "a", true)]
printfn "%A" (List.unzip [(1, "a"); (2, "b")])
// expect: ([1; 2], ["a"; "b"])
printfn "%A" (List.unzip3 [(1, "a", 'x'); (2, "b", 'y')])
// expect: ([1; 2], ["a"; "b"], ['x'; 'y'])
printfn "%A" (List.partition (fun x -> x > 1) [1; 2; 3])
// expect: ([2; 3], [1])
printfn "%A" (List.groupBy (fun x -> x % 3) [4; 2; 3; 1; 5])
// expect: [(1, [4; 1]); (2, [2; 5]); (0, [3])]
printfn "%A" (List.countBy (fun x -> x % 2 = 0) [1; 2; 3])
// expect: [(false, 2); (true, 1)]
printfn "%A" (List.distinct [3; 1; 3; 2; 1])
// expect: [3; 1; 2]
printfn "%A" (List.distinctBy (fun x -> x % 10) [11; 21; 2])
// expect: [11; 2]
printfn "%A" (List.except [2; 9] [3; 2; 3; 1])
// expect: [3; 1]
printfn "%A" (List.contains 2 [1; 2], List.contains 3 [1; 2])
// expect: (true, false)
printfn "%A" (List.init 3 (fun i -> i * i))
// expect: [0; 1; 4]
printfn "%s" (fails (fun () -> List.init -1 (fun i -> i)))
// expect: List.init: the count is negative
printfn "%A" (List.replicate 3 "x")
// expect: ["x"; "x"; "x"]
printfn "%A" (List.indexed ["a"; "b"])
// expect: [(0, "a"); (1, "b")]
printfn "%A" (List.pairwise [1; 2; 3])
// expect: [(1, 2); (2, 3)]
printfn "%A" (List.allPairs [1; 2] ["a"; "b"])
// expect: [(1, "a"); (1, "b"); (2, "a"); (2, "b")]
printfn "%A" (List.windowed 2 [1; 2; 3])
// expect: [[1; 2]; [2; 3]]
printfn "%A" (List.chunkBySize 2 [1; 2; 3])
// expect: [[1; 2]; [3]]
printfn "%A" (List.transpose [[1; 2]; [3; 4]; [5; 6]])
// expect: [[1; 3; 5]; [2; 4; 6]]
printfn "%s" (fails (fun () -> List.transpose [[1; 2]; [3]]))
// expect: List.transpose: the lists have different lengths
printfn "%A" (List.permute (fun i -> (i + 1) % 3) [1; 2; 3])
// expect: [3; 1; 2]
printfn "%s" (fails (fun () -> List.permute (fun _ -> 0) [1; 2]))
// expect: List.permute: the function is no permutation
printfn "%A" (List.insertAt 1 9 [1; 2], List.insertAt 2 9 [1; 2])
// expect: ([1; 9; 2], [1; 2; 9])
printfn "%s" (fails (fun () -> List.insertAt 3 9 [1; 2]))
// expect: List.insertAt: place 3 is outside of a list of 2
printfn "%A" (List.updateAt 1 9 [1; 2; 3])
// expect: [1; 9; 3]
printfn "%s" (fails (fun () -> List.updateAt 2 9 [1; 2]))
// expect: List.updateAt: place 2 is outside of a list of 2
printfn "%A" (List.removeAt 0 [1; 2; 3])
// expect: [2; 3]
printfn "%s" (fails (fun () -> List.removeAt -1 [1; 2]))
// expect: List.removeAt: place -1 is outside of a list of 2
printfn "%A" (List.compareWith compare [1; 2] [1; 3], List.compareWith compare [1; 2] [1])
// expect: (-1, 1)
printfn "%A" (List.singleton 5)
// expect: [5]
printfn "%A" (List.empty: int list)
// expect: []
printfn "%A" (List.toArray [1; 2])
// expect: [|1; 2|]
printfn "%A" (List.ofArray [|1; 2|])
// expect: [1; 2]
printfn "%A" (Seq.length (List.toSeq [1; 2]))
// expect: 2
printfn "%A" (List.ofSeq (seq { yield 1; yield 2 }))
// expect: [1; 2]
printfn "%A" ([1; 2].Length, [1; 2].Head, [1; 2].Tail, none.IsEmpty, [5; 6].Item 1)
// expect: (2, 1, [2], true, 6)
List.iteri2 (fun i x y -> printfn "iteri2 %d %d %s" i x y) [5] ["a"]
// expect: iteri2 0 5 a
printfn "%A" (List.findIndexBack (fun x -> x < 3) [1; 2; 3], List.tryFindIndexBack (fun x -> x > 3) [1; 2; 3])
// expect: (1, None)
printfn "%A" (List.insertManyAt 1 [8; 9] [1; 2], List.removeManyAt 1 2 [1; 2; 3; 4])
// expect: ([1; 8; 9; 2], [1; 4])
// A million elements: nothing recurs over a list.
let million = List.init 1000000 (fun i -> i)
printfn "%A" (List.sum (List.map (fun x -> x + 1) million))
// expect: 500000500000
printfn "%A" (List.length (List.filter (fun x -> x % 2 = 0) million))
// expect: 500000
printfn "%A" (List.foldBack (fun x s -> s + x) million 0)
// expect: 499999500000
printfn "%A" (List.head (List.sortDescending million))
// expect: 999999
printfn "%A" (fst (List.unzip (List.zip million million)) |> List.length)
// expect: 1000000
