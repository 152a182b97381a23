// Control flow (§1.6): conditions, loops, exceptions.
let sign n = if n > 0 then 1 elif n < 0 then -1 else 0
printfn "%d %d %d" (sign 5) (sign -5) (sign 0)
// expect: 1 -1 0
let mutable i = 0
while i < 3 do
    i <- i + 1
printfn "%d" i
// expect: 3
for k = 1 to 3 do printf "%d " k
printfn ""
// expect: 1 2 3 
for k = 3 downto 1 do
    printf "%d;" k
printfn ""
// expect: 3;2;1;
for (key, value) in [("a", 1); ("b", 2)] do
    printfn "%s=%d" key value
// expect: a=1
// expect: b=2
for n in 1 .. 10 do
    if n = 2 then continue
    if n > 3 then break
    printfn "%d" n
// expect: 1
// expect: 3
exception Wrong of string
let attempt f =
    try
        try
            f ()
        with
        | Wrong message -> "wrong: " + message
        | Failure message -> "failed: " + message
    finally
        printfn "finally"
printfn "%s" (attempt (fun () -> raise (Wrong "w")))
// expect: finally
// expect: wrong: w
printfn "%s" (attempt (fun () -> failwith "f"))
// expect: finally
// expect: failed: f
let later = lazy (printfn "forced"; 5)
printfn "%d" (later.Force() + later.Force())
// expect: forced
// expect: 10
failwith "the end"
// expect-fault: the end
