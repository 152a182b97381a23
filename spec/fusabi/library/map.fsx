// Maps (§3.3, §1.13): one line per function and method. Entries are in the order of their keys.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
let m = Map.ofList [("b", 2); ("a", 1); ("c", 3)]
let none: Map<string, int> = Map.empty
printfn "%A" (m)
// expect: map [("a", 1); ("b", 2); ("c", 3)]
printfn "%s" (string m)
// expect: Map [a -> 1; b -> 2; c -> 3]
printfn "%A" (none)
// expect: map []
printfn "%A" (Map.add "d" 4 m)
// expect: map [("a", 1); ("b", 2); ("c", 3); ("d", 4)]
printfn "%A" (Map.add "a" 9 m)
// expect: map [("a", 9); ("b", 2); ("c", 3)]
printfn "%A" (Map.remove "b" m, Map.remove "x" none)
// expect: (map [("a", 1); ("c", 3)], map [])
printfn "%A" (Map.change "a" (fun v -> None) m)
// expect: map [("b", 2); ("c", 3)]
printfn "%A" (Map.change "a" (Option.map (fun v -> v * 10)) m)
// expect: map [("a", 10); ("b", 2); ("c", 3)]
printfn "%A" (Map.find "b" m)
// expect: 2
printfn "%s" (fails (fun () -> Map.find "x" m))
// expect: Map.find: there is no key "x"
printfn "%A" (Map.tryFind "b" m, Map.tryFind "x" m)
// expect: (Some 2, None)
printfn "%A" (Map.containsKey "b" m, Map.containsKey "x" m)
// expect: (true, false)
printfn "%A" (Map.isEmpty none, Map.isEmpty m)
// expect: (true, false)
printfn "%A" (Map.count m)
// expect: 3
printfn "%A" (Map.ofArray [|(2, "b"); (1, "a")|])
// expect: map [(1, "a"); (2, "b")]
printfn "%A" (Map.ofSeq (seq { yield (2, "b"); yield (1, "a") }))
// expect: map [(1, "a"); (2, "b")]
printfn "%A" (Map.toList m)
// expect: [("a", 1); ("b", 2); ("c", 3)]
printfn "%A" (Map.toArray m)
// expect: [|("a", 1); ("b", 2); ("c", 3)|]
printfn "%A" (Seq.toList (Map.toSeq m))
// expect: [("a", 1); ("b", 2); ("c", 3)]
printfn "%A" (Map.map (fun k v -> k + string v) m)
// expect: map [("a", "a1"); ("b", "b2"); ("c", "c3")]
printfn "%A" (Map.map String.ofInt m)
// expect: map [("a", "1"); ("b", "2"); ("c", "3")]
Map.iter (fun k v -> printfn "%s %d" k v) m
// expect: a 1
// expect: b 2
// expect: c 3
printfn "%A" (Map.fold (fun s k v -> s + k + string v) "" m)
// expect: "a1b2c3"
printfn "%A" (Map.foldBack (fun k v s -> s + k + string v) m "")
// expect: "c3b2a1"
printfn "%A" (Map.filter (fun _ v -> v <> 2) m)
// expect: map [("a", 1); ("c", 3)]
printfn "%A" (Map.partition (fun _ v -> v = 2) m)
// expect: (map [("b", 2)], map [("a", 1); ("c", 3)])
printfn "%A" (Map.exists (fun k v -> k = "b" && v = 2) m, Map.exists (fun _ v -> v = 9) m)
// expect: (true, false)
printfn "%A" (Map.forall (fun _ v -> v > 0) m, Map.forall (fun _ v -> v > 1) m)
// expect: (true, false)
printfn "%A" (Map.tryPick (fun k v -> if v > 1 then Some k else None) m)
// expect: Some "b"
printfn "%A" (Map.pick (fun k v -> if v > 1 then Some k else None) m)
// expect: "b"
printfn "%s" (fails (fun () -> Map.pick (fun k v -> if v > 9 then Some k else None) m))
// expect: Map.pick: no entry fits
printfn "%A" (Map.findKey (fun _ v -> v = 3) m)
// expect: "c"
printfn "%A" (Map.tryFindKey (fun _ v -> v = 9) m)
// expect: None
printfn "%A" (Map.keys m)
// expect: ["a"; "b"; "c"]
printfn "%A" (Map.values m)
// expect: [1; 2; 3]
printfn "%A" (Map.minKeyValue m, Map.maxKeyValue m)
// expect: (("a", 1), ("c", 3))
printfn "%s" (fails (fun () -> Map.minKeyValue none))
// expect: Map.minKeyValue: the map is empty
printfn "%A" (m.ContainsKey "a", m.TryFind "x", m.Count, m.IsEmpty)
// expect: (true, None, 3, false)
printfn "%A" (m.Add("d", 4).Count, m.Remove("a").Count)
// expect: (4, 2)
printfn "%A" (m.["b"], m.Item "c")
// expect: (2, 3)
printfn "%s" (fails (fun () -> m.["x"]))
// expect: Map.find: there is no key "x"
printfn "%s" (fails (fun () -> m.Item "x"))
// expect: Item: there is no key "x"
printfn "%A" (m.Keys, m.Values)
// expect: (["a"; "b"; "c"], [1; 2; 3])
for kv in m do printfn "%s=%d" kv.Key kv.Value
// expect: a=1
// expect: b=2
// expect: c=3
// Equal by their entries, however they came about.
printfn "%A" (Map.ofList [(1, 1); (2, 2); (3, 3)] = Map.ofList [(3, 3); (2, 2); (1, 1)])
// expect: true
let large = List.fold (fun made i -> Map.add ((i * 7919) % 10007) i made) Map.empty [1..10006]
printfn "%A" (Map.count large, Map.find 7919 large, List.head (Map.keys large))
// expect: (10006, 1, 1)
printfn "%A" (Map.count (List.fold (fun made i -> Map.remove i made) large [1..2..10006]))
// expect: 5003
printfn "%A" (dict [(2, "b"); (1, "a")])
// expect: map [(1, "a"); (2, "b")]
