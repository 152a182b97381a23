// Arrays (§3.3): one line per function.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
let none: int array = [||]
printfn "%A" (Array.length [|5; 6|])
// expect: 2
printfn "%A" (Array.isEmpty none)
// expect: true
printfn "%A" (Array.get 1 [|5; 6|], Array.get [|5; 6|] 0)
// expect: (6, 5)
let changed = [|1; 2; 3|]
Array.set 0 7 changed
Array.set changed 1 8
printfn "%A" (changed)
// expect: [|7; 8; 3|]
printfn "%A" (Array.create 2 "x")
// expect: [|"x"; "x"|]
printfn "%s" (fails (fun () -> Array.create -1 0))
// expect: Array.create: the count is negative
printfn "%A" (Array.make 2 true)
// expect: [|true; true|]
printfn "%A" (Array.zeroCreate 2: int array)
// expect: [|0; 0|]
printfn "%A" (Array.init 3 (fun i -> i * i))
// expect: [|0; 1; 4|]
printfn "%A" (Array.empty: int array)
// expect: [||]
printfn "%A" (Array.singleton 5)
// expect: [|5|]
printfn "%A" (Array.replicate 2 'x')
// expect: [|'x'; 'x'|]
let original = [|1; 2|]
let copied = Array.copy original
copied.[0] <- 9
printfn "%A" (original, copied)
// expect: ([|1; 2|], [|9; 2|])
printfn "%A" (Array.append [|1|] [|2; 3|])
// expect: [|1; 2; 3|]
printfn "%A" (Array.concat [[|1|]; [|2; 3|]])
// expect: [|1; 2; 3|]
printfn "%A" (Array.sub [|1; 2; 3; 4|] 1 2)
// expect: [|2; 3|]
printfn "%s" (fails (fun () -> Array.sub [|1; 2|] 1 2))
// expect: Array.sub: 2 elements from place 1 are outside of an array of 2
let filled = [|1; 2; 3; 4|]
Array.fill filled 1 2 0
printfn "%A" (filled)
// expect: [|1; 0; 0; 4|]
let target = [|1; 2; 3; 4|]
Array.blit [|7; 8; 9|] 1 target 0 2
printfn "%A" (target)
// expect: [|8; 9; 3; 4|]
Array.blit target 0 target 1 3
printfn "%A" (target)
// expect: [|8; 8; 9; 3|]
printfn "%A" (Array.map (fun x -> x * 10) [|1; 2|])
// expect: [|10; 20|]
printfn "%A" (Array.mapi (fun i x -> i * 100 + x) [|7; 8|])
// expect: [|7; 108|]
printfn "%A" (Array.map2 (+) [|1; 2|] [|10; 20|])
// expect: [|11; 22|]
printfn "%s" (fails (fun () -> Array.map2 (+) [|1|] none))
// expect: Array.map2: the arrays have different lengths
Array.iter (fun x -> printfn "iter %d" x) [|1; 2|]
// expect: iter 1
// expect: iter 2
Array.iteri (fun i x -> printfn "iteri %d %s" i x) [|"a"|]
// expect: iteri 0 a
Array.iter2 (fun x y -> printfn "iter2 %d %s" x y) [|1|] [|"a"|]
// expect: iter2 1 a
printfn "%A" (Array.filter (fun x -> x % 2 = 0) [|1; 2; 3; 4|])
// expect: [|2; 4|]
printfn "%A" (Array.fold (fun s x -> s * 10 + x) 0 [|1; 2; 3|])
// expect: 123
printfn "%A" (Array.fold2 (fun s x y -> s + x * y) 0 [|1; 2|] [|10; 20|])
// expect: 50
printfn "%A" (Array.foldBack (fun x s -> s * 10 + x) [|1; 2; 3|] 0)
// expect: 321
printfn "%A" (Array.reduce (-) [|10; 3; 2|])
// expect: 5
printfn "%s" (fails (fun () -> Array.reduce (-) none))
// expect: Array.reduce: the array is empty
printfn "%A" (Array.reduceBack (-) [|10; 3; 2|])
// expect: 9
printfn "%A" (Array.scan (+) 0 [|1; 2|])
// expect: [|0; 1; 3|]
printfn "%A" (Array.unfold (fun n -> if n > 2 then None else Some (n, n + 1)) 0)
// expect: [|0; 1; 2|]
printfn "%A" (Array.exists (fun x -> x = 2) [|1; 2|])
// expect: true
printfn "%A" (Array.exists2 (=) [|1; 2|] [|3; 2|])
// expect: true
printfn "%A" (Array.forall (fun x -> x > 1) [|1; 2|])
// expect: false
printfn "%A" (Array.forall2 (<) [|1|] [|2|])
// expect: true
printfn "%A" (Array.find (fun x -> x > 1) [|1; 2|])
// expect: 2
printfn "%s" (fails (fun () -> Array.find (fun x -> x > 5) [|1; 2|]))
// expect: Array.find: no element fits
printfn "%A" (Array.tryFind (fun x -> x > 5) [|1; 2|])
// expect: None
printfn "%A" (Array.findIndex (fun x -> x > 1) [|1; 2|])
// expect: 1
printfn "%A" (Array.tryFindIndex (fun x -> x = 2) [|1; 2|])
// expect: Some 1
printfn "%A" (Array.pick (fun x -> if x > 1 then Some (x * 10) else None) [|1; 2|])
// expect: 20
printfn "%A" (Array.tryPick (fun x -> if x > 5 then Some x else None) [|1; 2|])
// expect: None
printfn "%A" (Array.choose (fun x -> if x > 1 then Some (x * 10) else None) [|1; 2; 3|])
// expect: [|20; 30|]
printfn "%A" (Array.collect (fun x -> [|x; x|]) [|1; 2|])
// expect: [|1; 1; 2; 2|]
printfn "%A" (Array.head [|5; 6|])
// expect: 5
printfn "%A" (Array.last [|5; 6|])
// expect: 6
printfn "%s" (fails (fun () -> Array.last none))
// expect: Array.last: the array is empty
printfn "%A" (Array.tail [|5; 6; 7|])
// expect: [|6; 7|]
printfn "%A" (Array.tryHead none, Array.tryHead [|5|])
// expect: (None, Some 5)
printfn "%A" (Array.tryLast [|5; 6|])
// expect: Some 6
printfn "%A" (Array.item 1 [|5; 6|])
// expect: 6
printfn "%A" (Array.tryItem 2 [|5; 6|], Array.tryItem 0 [|5; 6|])
// expect: (None, Some 5)
printfn "%A" (Array.take 2 [|1; 2; 3|])
// expect: [|1; 2|]
printfn "%s" (fails (fun () -> Array.take 4 [|1; 2; 3|]))
// expect: Array.take: the array has fewer than 4 elements
printfn "%A" (Array.skip 2 [|1; 2; 3|])
// expect: [|3|]
printfn "%A" (Array.truncate 5 [|1; 2|], Array.truncate 1 [|1; 2|])
// expect: ([|1; 2|], [|1|])
printfn "%A" (Array.takeWhile (fun x -> x < 3) [|1; 2; 3; 1|])
// expect: [|1; 2|]
printfn "%A" (Array.skipWhile (fun x -> x < 3) [|1; 2; 3; 1|])
// expect: [|3; 1|]
printfn "%A" (Array.splitAt 1 [|1; 2; 3|])
// expect: ([|1|], [|2; 3|])
printfn "%A" (Array.contains 2 [|1; 2|])
// expect: true
printfn "%A" (Array.distinct [|3; 1; 3|])
// expect: [|3; 1|]
printfn "%A" (Array.distinctBy (fun x -> x % 10) [|11; 21; 2|])
// expect: [|11; 2|]
printfn "%A" (Array.except [2] [|1; 2; 3|])
// expect: [|1; 3|]
printfn "%A" (Array.sort [|3; 1; 2|])
// expect: [|1; 2; 3|]
printfn "%A" (Array.sortDescending [|3; 1; 2|])
// expect: [|3; 2; 1|]
printfn "%A" (Array.sortBy (fun (a, _) -> a) [|(2, 'x'); (1, 'y'); (2, 'a')|])
// expect: [|(1, 'y'); (2, 'x'); (2, 'a')|]
printfn "%A" (Array.sortByDescending (fun (a, _) -> a) [|(1, 'y'); (2, 'x'); (2, 'a')|])
// expect: [|(2, 'x'); (2, 'a'); (1, 'y')|]
printfn "%A" (Array.sortWith (fun a b -> compare b a) [|1; 3; 2|])
// expect: [|3; 2; 1|]
let inPlace = [|3; 1; 2|]
Array.sortInPlace inPlace
printfn "%A" (inPlace)
// expect: [|1; 2; 3|]
Array.sortInPlaceBy (fun x -> -x) inPlace
printfn "%A" (inPlace)
// expect: [|3; 2; 1|]
Array.sortInPlaceWith compare inPlace
printfn "%A" (inPlace)
// expect: [|1; 2; 3|]
printfn "%A" (Array.sum [|1; 2; 3|], Array.sum [|0.5; 0.25|])
// expect: (6, 0.75)
printfn "%A" (Array.sumBy (fun x -> x * x) [|1; 2; 3|])
// expect: 14
printfn "%A" (Array.average [|1.0; 2.0; 6.0|])
// expect: 3.0
printfn "%A" (Array.averageBy float [|1; 2|])
// expect: 1.5
printfn "%A" (Array.max [|1; 3; 2|])
// expect: 3
printfn "%A" (Array.min [|2; 1; 3|])
// expect: 1
printfn "%s" (fails (fun () -> Array.min none))
// expect: Array.min: the array is empty
printfn "%A" (Array.maxBy (fun (s: string) -> s.Length) [|"a"; "bcd"; "efg"|])
// expect: "bcd"
printfn "%A" (Array.minBy (fun (s: string) -> s.Length) [|"ab"; "c"; "d"|])
// expect: "c"
printfn "%A" (Array.rev [|1; 2; 3|])
// expect: [|3; 2; 1|]
printfn "%A" (Array.zip [|1; 2|] [|"a"; "b"|])
// expect: [|(1, "a"); (2, "b")|]
printfn "%A" (Array.unzip [|(1, "a"); (2, "b")|])
// expect: ([|1; 2|], [|"a"; "b"|])
printfn "%A" (Array.partition (fun x -> x > 1) [|1; 2; 3|])
// expect: ([|2; 3|], [|1|])
printfn "%A" (Array.groupBy (fun x -> x % 2) [|1; 2; 3|])
// expect: [|(1, [|1; 3|]); (0, [|2|])|]
printfn "%A" (Array.countBy (fun x -> x % 2) [|1; 2; 3|])
// expect: [|(1, 2); (0, 1)|]
printfn "%A" (Array.indexed [|"a"; "b"|])
// expect: [|(0, "a"); (1, "b")|]
printfn "%A" (Array.pairwise [|1; 2; 3|])
// expect: [|(1, 2); (2, 3)|]
printfn "%A" (Array.windowed 2 [|1; 2; 3|])
// expect: [|[|1; 2|]; [|2; 3|]|]
printfn "%A" (Array.chunkBySize 2 [|1; 2; 3|])
// expect: [|[|1; 2|]; [|3|]|]
printfn "%A" (Array.ofList [1; 2])
// expect: [|1; 2|]
printfn "%A" (Array.toList [|1; 2|])
// expect: [1; 2]
printfn "%A" (Array.ofSeq (seq { yield 1; yield 2 }))
// expect: [|1; 2|]
printfn "%A" (Seq.length (Array.toSeq [|1; 2|]))
// expect: 2
printfn "%A" ([|5; 6|].Length)
// expect: 2
printfn "%A" (Array.map3 (fun a b c -> a + b + c) [|1|] [|10|] [|100|])
// expect: [|111|]
printfn "%A" (Array.mapi2 (fun i a b -> i + a + b) [|1; 2|] [|10; 20|])
// expect: [|11; 23|]
Array.iteri2 (fun i x y -> printfn "iteri2 %d %d %s" i x y) [|5|] [|"a"|]
// expect: iteri2 0 5 a
printfn "%A" (Array.foldBack2 (fun x y s -> s * 100 + x * 10 + y) [|1; 2|] [|3; 4|] 0)
// expect: 2413
printfn "%A" (Array.mapFold (fun s x -> (s + x, s + 1)) 10 [|1; 2|])
// expect: ([|11; 13|], 12)
printfn "%A" (Array.mapFoldBack (fun x s -> (s + x, s + 1)) [|1; 2|] 10)
// expect: ([|12; 12|], 12)
printfn "%A" (Array.scanBack (+) [|1; 2; 3|] 0)
// expect: [|6; 5; 3; 0|]
printfn "%A" (Array.findBack (fun x -> x < 3) [|1; 2; 3|], Array.tryFindBack (fun x -> x > 3) [|1; 2; 3|])
// expect: (2, None)
printfn "%A" (Array.findIndexBack (fun x -> x < 3) [|1; 2; 3|], Array.tryFindIndexBack (fun x -> x > 3) [|1; 2; 3|])
// expect: (1, None)
printfn "%A" (Array.exactlyOne [|5|], Array.tryExactlyOne [|5; 6|])
// expect: (5, None)
printfn "%s" (fails (fun () -> Array.exactlyOne [|5; 6|]))
// expect: Array.exactlyOne: the array has more than one element
printfn "%A" (Array.splitInto 3 [|1; 2; 3; 4; 5|])
// expect: [|[|1; 2|]; [|3; 4|]; [|5|]|]
printfn "%A" (Array.zip3 [|1|] [|"a"|] [|true|], Array.unzip3 [|(1, "a", true)|])
// expect: ([|(1, "a", true)|], ([|1|], [|"a"|], [|true|]))
printfn "%A" (Array.allPairs [|1; 2|] [|"a"; "b"|])
// expect: [|(1, "a"); (1, "b"); (2, "a"); (2, "b")|]
printfn "%A" (Array.transpose [[|1; 2|]; [|3; 4|]; [|5; 6|]])
// expect: [|[|1; 3; 5|]; [|2; 4; 6|]|]
printfn "%A" (Array.permute (fun i -> (i + 1) % 3) [|1; 2; 3|])
// expect: [|3; 1; 2|]
printfn "%A" (Array.insertAt 1 9 [|1; 2|], Array.updateAt 1 9 [|1; 2|], Array.removeAt 1 [|1; 2|])
// expect: ([|1; 9; 2|], [|1; 9|], [|1|])
printfn "%s" (fails (fun () -> Array.insertAt 3 9 [|1; 2|]))
// expect: Array.insertAt: place 3 is outside of an array of 2
printfn "%A" (Array.compareWith compare [|1; 2|] [|1; 3|])
// expect: -1
