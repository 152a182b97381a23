// layouts that F# programmers write
let longCall =
    List.fold
        (fun acc x ->
            acc + x)
        0
        [ 1
          2
          3 ]
printfn "%d" longCall
let f x y
      z =
    x + y + z
printfn "%d" (f 1 2 3)
let v =
    if 1 > 2 then
        "a"
    elif 2 > 3 then "b"
    else
        "c"
printfn "%s" v
let g = fun x ->
            x + 1
printfn "%d" (g 1)
let r =
    match 3 with
    | 1 ->
        "one"
    | n when
        n > 2 ->
        "more"
    | _ -> "other"
printfn "%s" r
let h a =
    let b = a + 1 in
    let c = b * 2
    b + c
printfn "%d" (h 1)
let p =
    [ 1; 2; 3 ]
    |> List.map (fun x ->
        let y = x * x
        y + 1)
    |> List.filter (fun x ->
        x > 2)
printfn "%A" p
type R =
    { A: int
      B: string }
let rr =
    { A = 1
      B = "x" }
let rr2 =
    { rr with
        A = 2
        B = "y" }
printfn "%A" rr2
let x = 1 +
        2 +
        3
printfn "%d" x
let y =
    1
    + 2
    - 3
printfn "%d" y
let cond =
    x > 1
    && y = 0
    || false
printfn "%b" cond
let mutable n = 0
while n < 3 do
    n <- n + 1
    if n = 2 then
        printfn "two"
let k =
    try
        int "x"
    with
    | _ -> 9
printfn "%d" k
(fun () -> printfn "called") ()
let inner () =
    let rec go i =
        if i > 0 then
            printf "%d " i
            go (i - 1)
    go 3
    printfn ""
inner ()
let tuple =
    1,
    "two"
printfn "%A" tuple
let fn = function
    | 1 -> "a"
    | _ -> "b"
printfn "%s%s" (fn 1) (fn 2)
let q = (if x > 5 then "big" else "small") + "!"
printfn "%s" q
let z = let a = 1 in let b = 2 in a + b
printfn "%d" z
let u = match Some 1 with Some n -> n | None -> 0
printfn "%d" u
if x = 6 then printfn "six" else printfn "not"
let w = begin 1 + 1 end
printfn "%d" w
module M =
    let a = 1

    let b =
        2

    module N =
        let c = 3
printfn "%d" (M.a + M.b + M.N.c)
let lst = [ for i in 1 .. 3 do
              let sq = i * i
              if sq > 1 then
                  sq ]
printfn "%A" lst
let s =
    "abc"
        .ToUpper()
        .Replace("B", "-")
printfn "%s" s
let result =
    "a,b;c".Split(',')
    |> Array.collect (fun p -> p.Split ';')
    |> Array.map (fun s -> s.Trim())
printfn "%A" result
#if DEBUG
printfn "debug"
#else
printfn "release"
#endif
(* block (* nested *) comment *)
printfn "%s" """triple "quoted" \n"""
