// Sequences (§3.3): one line per function; what gives a sequence computes nothing before it is walked.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
let three = seq { yield 1; yield 2; yield 3 }
let none: int seq = Seq.empty
printfn "%A" (Seq.toList (Seq.map (fun x -> x * 10) three))
// expect: [10; 20; 30]
printfn "%A" (Seq.toList (Seq.mapi (fun i x -> i * 100 + x) [7; 8]))
// expect: [7; 108]
printfn "%A" (Seq.toList (Seq.map2 (+) three [10; 20]))
// expect: [11; 22]
printfn "%A" (Seq.toList (Seq.filter (fun x -> x <> 2) three))
// expect: [1; 3]
printfn "%A" (Seq.toList (Seq.where (fun x -> x > 2) [|1; 2; 3|]))
// expect: [3]
printfn "%A" (Seq.toList (Seq.choose (fun x -> if x > 1 then Some (x * 10) else None) three))
// expect: [20; 30]
printfn "%A" (Seq.toList (Seq.collect (fun x -> [x; x]) three))
// expect: [1; 1; 2; 2; 3; 3]
printfn "%A" (Seq.toList (Seq.concat [[1]; [2; 3]]))
// expect: [1; 2; 3]
printfn "%A" (Seq.toList (Seq.append three [4]))
// expect: [1; 2; 3; 4]
printfn "%A" (Seq.toList (Seq.cast three: int seq))
// expect: [1; 2; 3]
Seq.iter (fun x -> printfn "iter %d" x) [1; 2]
// expect: iter 1
// expect: iter 2
Seq.iteri (fun i x -> printfn "iteri %d %c" i x) "ab"
// expect: iteri 0 a
// expect: iteri 1 b
Seq.iter2 (fun x y -> printfn "iter2 %d %d" x y) three [5]
// expect: iter2 1 5
printfn "%A" (Seq.fold (fun s x -> s * 10 + x) 0 three)
// expect: 123
printfn "%A" (Seq.foldBack (fun x s -> s * 10 + x) three 0)
// expect: 321
printfn "%A" (Seq.reduce (-) [10; 3; 2])
// expect: 5
printfn "%s" (fails (fun () -> Seq.reduce (-) none))
// expect: Seq.reduce: the sequence is empty
printfn "%A" (Seq.toList (Seq.scan (+) 0 three))
// expect: [0; 1; 3; 6]
printfn "%A" (Seq.toList (Seq.unfold (fun n -> if n > 3 then None else Some (n * n, n + 1)) 1))
// expect: [1; 4; 9]
printfn "%A" (Seq.toList (Seq.init 3 (fun i -> i * i)))
// expect: [0; 1; 4]
printfn "%A" (Seq.toList (Seq.take 3 (Seq.initInfinite (fun i -> i * 2))))
// expect: [0; 2; 4]
printfn "%A" (Seq.toList (Seq.replicate 2 "x"))
// expect: ["x"; "x"]
printfn "%A" (Seq.toList (Seq.singleton 5))
// expect: [5]
printfn "%A" (Seq.toList none)
// expect: []
let delayed = Seq.delay (fun () -> printfn "made"; three)
printfn "not yet"
printfn "%A" (Seq.length delayed)
// expect: not yet
// expect: made
// expect: 3
let source = seq { printfn "computed"; yield 1; yield 2 }
let cached = Seq.cache source
printfn "%A" (Seq.toList cached, Seq.toList cached)
// expect: computed
// expect: ([1; 2], [1; 2])
printfn "%A" (Seq.length three)
// expect: 3
printfn "%A" (Seq.isEmpty none, Seq.isEmpty three)
// expect: (true, false)
printfn "%A" (Seq.exists (fun x -> x = 2) (Seq.initInfinite id))
// expect: true
printfn "%A" (Seq.forall (fun x -> x < 3) (Seq.initInfinite id))
// expect: false
printfn "%A" (Seq.find (fun x -> x > 1) three)
// expect: 2
printfn "%s" (fails (fun () -> Seq.find (fun x -> x > 5) three))
// expect: Seq.find: no element fits
printfn "%A" (Seq.tryFind (fun x -> x > 5) three)
// expect: None
printfn "%A" (Seq.findIndex (fun x -> x = 3) three)
// expect: 2
printfn "%A" (Seq.tryFindIndex (fun x -> x = 3) three)
// expect: Some 2
printfn "%A" (Seq.pick (fun x -> if x > 1 then Some (x * 10) else None) three)
// expect: 20
printfn "%A" (Seq.tryPick (fun x -> if x > 5 then Some x else None) three)
// expect: None
printfn "%A" (Seq.head three)
// expect: 1
printfn "%s" (fails (fun () -> Seq.head none))
// expect: Seq.head: the sequence is empty
printfn "%A" (Seq.tryHead none, Seq.tryHead three)
// expect: (None, Some 1)
printfn "%A" (Seq.last three)
// expect: 3
printfn "%A" (Seq.tryLast none, Seq.tryLast three)
// expect: (None, Some 3)
printfn "%A" (Seq.exactlyOne [5])
// expect: 5
printfn "%A" (Seq.toList (Seq.tail three))
// expect: [2; 3]
printfn "%A" (Seq.item 1 three)
// expect: 2
printfn "%s" (fails (fun () -> Seq.item 5 three))
// expect: Seq.item: the sequence has no place 5
printfn "%A" (Seq.tryItem 5 three, Seq.tryItem 0 three)
// expect: (None, Some 1)
printfn "%A" (Seq.nth 2 three)
// expect: 3
printfn "%A" (Seq.toList (Seq.take 2 three))
// expect: [1; 2]
printfn "%s" (fails (fun () -> Seq.toList (Seq.take 4 three)))
// expect: Seq.take: the sequence has fewer than 4 elements
printfn "%A" (Seq.toList (Seq.skip 2 three))
// expect: [3]
printfn "%s" (fails (fun () -> Seq.toList (Seq.skip 4 three)))
// expect: Seq.skip: the sequence has fewer than 4 elements
printfn "%A" (Seq.toList (Seq.truncate 9 three))
// expect: [1; 2; 3]
printfn "%A" (Seq.toList (Seq.takeWhile (fun x -> x < 4) (Seq.initInfinite id)))
// expect: [0; 1; 2; 3]
printfn "%A" (Seq.toList (Seq.skipWhile (fun x -> x < 3) [1; 3; 1]))
// expect: [3; 1]
printfn "%A" (Seq.contains 3 three, Seq.contains 4 three)
// expect: (true, false)
printfn "%A" (Seq.toList (Seq.distinct [3; 1; 3]))
// expect: [3; 1]
printfn "%A" (Seq.toList (Seq.distinctBy (fun x -> x % 10) [11; 21; 2]))
// expect: [11; 2]
printfn "%A" (Seq.toList (Seq.except [2] three))
// expect: [1; 3]
printfn "%A" ([ for (k, g) in Seq.groupBy (fun x -> x % 2) three -> (k, Seq.toList g) ])
// expect: [(1, [1; 3]); (0, [2])]
printfn "%A" (Seq.toList (Seq.countBy (fun x -> x % 2) three))
// expect: [(1, 2); (0, 1)]
printfn "%A" (Seq.toList (Seq.sort [3; 1; 2]))
// expect: [1; 2; 3]
printfn "%A" (Seq.toList (Seq.sortDescending [3; 1; 2]))
// expect: [3; 2; 1]
printfn "%A" (Seq.toList (Seq.sortBy (fun x -> -x) three))
// expect: [3; 2; 1]
printfn "%A" (Seq.toList (Seq.sortByDescending (fun x -> -x) [3; 1; 2]))
// expect: [1; 2; 3]
printfn "%A" (Seq.toList (Seq.sortWith (fun a b -> compare b a) three))
// expect: [3; 2; 1]
printfn "%A" (Seq.sum three, Seq.sum [0.5; 0.25])
// expect: (6, 0.75)
printfn "%A" (Seq.sumBy (fun x -> x * x) three)
// expect: 14
printfn "%A" (Seq.average [1.0; 2.0; 6.0])
// expect: 3.0
printfn "%A" (Seq.averageBy float three)
// expect: 2.0
printfn "%A" (Seq.max three)
// expect: 3
printfn "%A" (Seq.min three)
// expect: 1
printfn "%s" (fails (fun () -> Seq.min none))
// expect: Seq.min: the sequence is empty
printfn "%A" (Seq.maxBy (fun x -> -x) three)
// expect: 1
printfn "%A" (Seq.minBy (fun x -> -x) three)
// expect: 3
printfn "%A" (Seq.toList (Seq.zip three (Seq.initInfinite id)))
// expect: [(1, 0); (2, 1); (3, 2)]
printfn "%A" (Seq.toList (Seq.indexed ["a"; "b"]))
// expect: [(0, "a"); (1, "b")]
printfn "%A" (Seq.toList (Seq.pairwise three))
// expect: [(1, 2); (2, 3)]
printfn "%A" (Seq.toList (Seq.windowed 2 three))
// expect: [[|1; 2|]; [|2; 3|]]
printfn "%A" (Seq.toList (Seq.chunkBySize 2 three))
// expect: [[|1; 2|]; [|3|]]
printfn "%A" (Seq.toList (Seq.rev three))
// expect: [3; 2; 1]
printfn "%A" (Seq.toArray three)
// expect: [|1; 2; 3|]
printfn "%A" (Seq.length (Seq.ofList [1; 2]))
// expect: 2
printfn "%A" (Seq.length (Seq.ofArray [|1; 2|]))
// expect: 2
printfn "%A" (Seq.toList (Seq.map3 (fun a b c -> a + b + c) three [10; 20] [100; 200]))
// expect: [111; 222]
printfn "%A" (Seq.toList (Seq.mapi2 (fun i a b -> i + a + b) three [10; 20]))
// expect: [11; 23]
Seq.iteri2 (fun i x y -> printfn "iteri2 %d %d %s" i x y) three ["a"]
// expect: iteri2 0 1 a
printfn "%A" (Seq.fold2 (fun s x y -> s + x * y) 0 three [10; 20])
// expect: 50
printfn "%A" (Seq.exists2 (=) three [3; 2], Seq.forall2 (<) three [2; 3; 4])
// expect: (true, true)
printfn "%A" (Seq.toList (Seq.zip3 three "ab" [true; false]))
// expect: [(1, 'a', true); (2, 'b', false)]
printfn "%A" (Seq.reduceBack (-) [10; 3; 2])
// expect: 9
printfn "%A" (Seq.toList (Seq.scanBack (+) three 0))
// expect: [6; 5; 3; 0]
printfn "%A" (Seq.findBack (fun x -> x < 3) three, Seq.tryFindBack (fun x -> x > 3) three)
// expect: (2, None)
printfn "%A" (Seq.mapFold (fun s x -> (s + x, s + 1)) 10 three |> snd)
// expect: 13
printfn "%A" (Seq.toList (Seq.allPairs [1; 2] three))
// expect: [(1, 1); (1, 2); (1, 3); (2, 1); (2, 2); (2, 3)]
printfn "%A" (Seq.tryExactlyOne [5], Seq.tryExactlyOne three)
// expect: (Some 5, None)
printfn "%A" (Seq.toList (Seq.splitInto 2 three))
// expect: [[|1; 2|]; [|3|]]
printfn "%A" (Seq.toList (Seq.insertAt 1 9 three), Seq.toList (Seq.updateAt 1 9 three), Seq.toList (Seq.removeAt 1 three))
// expect: ([1; 9; 2; 3], [1; 9; 3], [1; 3])
printfn "%s" (fails (fun () -> Seq.toList (Seq.insertAt 5 9 three)))
// expect: Seq.insertAt: the sequence has no place 5
printfn "%A" (Seq.compareWith compare three [1; 3])
// expect: -1
// Every collection is a sequence.
printfn "%A" (Seq.toList "ab", Seq.toList (Set.ofList [2; 1]))
// expect: (['a'; 'b'], [1; 2])
printfn "%A" (Seq.toList (Map.toSeq (Map.ofList [(1, "a")])))
// expect: [(1, "a")]
