// Functions of no module (§3.1): one line per function.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
print "a"
print 1
print_newline ()
// expect: a1
printf "%d;" 1
printfn "%s" "two"
// expect: 1;two
printfn "%A" (sprintf "%d-%s" 1 "x")
// expect: "1-x"
printfn "%s" (fails (fun () -> failwith "no"))
// expect: no
printfn "%s" (fails (fun () -> failwithf "no %d" 3))
// expect: no 3
printfn "%A" (kprintf (fun s -> s.Length) "%d" 12345)
// expect: 5
printfn "%s" (fails (fun () -> invalidArg "x" "is bad"))
// expect: is bad (Parameter 'x')
printfn "%s" (fails (fun () -> invalidOp "not now"))
// expect: not now
exception Odd of string
printfn "%s" (fails (fun () -> raise (Odd "odd")))
// expect: odd
printfn "%s" (fails (fun () -> (try failwith "first" with _ -> reraise ())))
// expect: first
printfn "%A" (ignore 3)
// expect: ()
printfn "%A" (id 3, not true, fst (1, 2), snd (1, 2))
// expect: (3, false, 1, 2)
printfn "%A" (string 12, string 1.0, string true, string 'c', string "s")
// expect: ("12", "1", "true", "c", "s")
printfn "%A" (int "42", int 3.9, int 'a', int -3.9)
// expect: (42, 3, 97, -3)
printfn "%A" (int64 3.5, int (int32 7))
// expect: (3, 7)
printfn "%A" (float 3, float "1.5", double 2)
// expect: (3.0, 1.5, 2.0)
printfn "%A" (float32 1.5, single 2)
// expect: (1.5f, 2.0f)
printfn "%A" (char 97, char "x")
// expect: ('a', 'x')
printfn "%A" (byte 300, uint8 255, sbyte 200, int8 -1)
// expect: (44uy, 255uy, -56y, -1y)
printfn "%A" (int16 70000, uint16 65537)
// expect: (4464s, 1us)
printfn "%A" (uint32 -1, uint 7, uint64 -1)
// expect: (4294967295u, 7u, 18446744073709551615UL)
printfn "%A" (bool "true", bool "False")
// expect: (true, false)
printfn "%A" (compare 1 2, compare "b" "a", compare [1] [1])
// expect: (-1, 1, 0)
printfn "%A" (hash "a" = hash "a", hash [1; 2] = hash [1; 2])
// expect: (true, true)
printfn "%A" ((unbox (box 3): int))
// expect: 3
printfn "%A" (defaultArg (Some 1) 9, defaultArg None 9)
// expect: (1, 9)
printfn "%A" (isNull "a", isNull null)
// expect: (false, true)
let counter = ref 5
incr counter
incr counter
decr counter
counter := !counter * 10
printfn "%A" (!counter, counter.Value, counter.contents)
// expect: (60, 60, 60)
printfn "%A" (lock counter (fun () -> 7))
// expect: 7
printfn "%A" (using 3 (fun x -> x + 1))
// expect: 4
print_string "s"
print_int 5
print_float 1.5
print_newline ()
// expect: s51.5
let later = lazy (printfn "computed"; 5)
printfn "%A" (later.Force(), later.Value, Lazy.force later)
// expect: computed
// expect: (5, 5, 5)
printfn "%A" (try failwith "text" with e -> e.Message)
// expect: "text"
eprintf "%d" 1
eprintfn "%d" 2
printfn "%A" (Map [ 1, "a"; 2, "b" ], Set [ 2; 1; 2 ])
// expect: (map [(1, "a"); (2, "b")], set [1; 2])
