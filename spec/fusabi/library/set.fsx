// Sets (§3.3, §1.13): one line per function and method. Elements are in order.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
let s = Set.ofList [3; 1; 2; 1]
let none: Set<int> = Set.empty
printfn "%A" (s)
// expect: set [1; 2; 3]
printfn "%A" (none)
// expect: set []
printfn "%A" (Set.singleton 5)
// expect: set [5]
printfn "%A" (Set.add 4 s, Set.add 1 s)
// expect: (set [1; 2; 3; 4], set [1; 2; 3])
printfn "%A" (Set.remove 2 s, Set.remove 9 s)
// expect: (set [1; 3], set [1; 2; 3])
printfn "%A" (Set.contains 2 s, Set.contains 9 s)
// expect: (true, false)
printfn "%A" (Set.count s)
// expect: 3
printfn "%A" (Set.isEmpty none, Set.isEmpty s)
// expect: (true, false)
printfn "%A" (Set.union s (set [3; 4]))
// expect: set [1; 2; 3; 4]
printfn "%A" (Set.intersect s (set [2; 3; 4]))
// expect: set [2; 3]
printfn "%A" (Set.difference s (set [2; 9]))
// expect: set [1; 3]
printfn "%A" (Set.unionMany [set [1]; set [2]; set [1; 3]])
// expect: set [1; 2; 3]
printfn "%A" (Set.intersectMany [set [1; 2]; set [2; 3]])
// expect: set [2]
printfn "%A" (Set.isSubset (set [1; 2]) s, Set.isSubset (set [9]) s)
// expect: (true, false)
printfn "%A" (Set.isSuperset s (set [1; 2]))
// expect: true
printfn "%A" (Set.isProperSubset s s, Set.isProperSubset (set [1]) s)
// expect: (false, true)
printfn "%A" (Set.isProperSuperset s (set [1]))
// expect: true
printfn "%A" (Set.map (fun x -> x % 2) s)
// expect: set [0; 1]
printfn "%A" (Set.filter (fun x -> x > 1) s)
// expect: set [2; 3]
printfn "%A" (Set.partition (fun x -> x > 1) s)
// expect: (set [2; 3], set [1])
printfn "%A" (Set.exists (fun x -> x = 2) s, Set.exists (fun x -> x = 9) s)
// expect: (true, false)
printfn "%A" (Set.forall (fun x -> x > 0) s, Set.forall (fun x -> x > 1) s)
// expect: (true, false)
Set.iter (fun x -> printfn "iter %d" x) s
// expect: iter 1
// expect: iter 2
// expect: iter 3
printfn "%A" (Set.fold (fun state x -> state * 10 + x) 0 s)
// expect: 123
printfn "%A" (Set.foldBack (fun x state -> state * 10 + x) s 0)
// expect: 321
printfn "%A" (Set.minElement s, Set.maxElement s)
// expect: (1, 3)
printfn "%s" (fails (fun () -> Set.minElement none))
// expect: Set.minElement: the set is empty
printfn "%A" (Set.ofArray [|2; 1|])
// expect: set [1; 2]
printfn "%A" (Set.ofSeq "banana")
// expect: set ['a'; 'b'; 'n']
printfn "%A" (Set.toList s)
// expect: [1; 2; 3]
printfn "%A" (Set.toArray s)
// expect: [|1; 2; 3|]
printfn "%A" (Seq.toList (Set.toSeq s))
// expect: [1; 2; 3]
printfn "%A" (s.Contains 2, s.Count, s.IsEmpty, s.Add(9).Count, s.Remove(1).Count)
// expect: (true, 3, false, 4, 2)
printfn "%A" (set ["b"; "a"])
// expect: set ["a"; "b"]
printfn "%A" (set [1; 2] = Set.add 1 (set [2]))
// expect: true
let odd = set [1..2..9999]
let even = set [2..2..10000]
printfn "%A" (Set.count (Set.union odd even), Set.count (Set.intersect odd even), Set.count (Set.difference odd (set [1..100])))
// expect: (10000, 0, 4950)
