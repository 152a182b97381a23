// Active patterns of every kind
let (|Even|Odd|) n = if n % 2 = 0 then Even else Odd
let (|DivisibleBy|_|) d n = if n % d = 0 then Some () else None
let (|Int|_|) (s: string) =
    try Some (int s) with _ -> None
let (|Prefix|_|) (p: string) (s: string) =
    if s.StartsWith p then Some (s.Substring p.Length) else None
let (|Lower|) (s: string) = s.ToLower()
let (|Small|Medium|Large|) n =
    if n < 10 then Small n
    elif n < 100 then Medium (n / 10, n % 10)
    else Large
let fizz = function
    | DivisibleBy 15 -> "FizzBuzz"
    | DivisibleBy 3 -> "Fizz"
    | DivisibleBy 5 -> "Buzz"
    | n -> string n
printfn "%s" (String.concat " " (List.map fizz [1..15]))
let parity = function Even -> "even" | Odd -> "odd"
printfn "%s %s" (parity 4) (parity -3)
let cmd = function
    | Lower "quit" -> "bye"
    | Prefix "add " (Int n) -> sprintf "add %d" n
    | Prefix "say " rest -> "say:" + rest
    | _ -> "?"
for s in ["QUIT"; "add 12"; "add x"; "say hi there"] do printfn "%s" (cmd s)
let size = function
    | Small n -> sprintf "small %d" n
    | Medium (t, u) -> sprintf "medium %d-%d" t u
    | Large -> "large"
for n in [5; 42; 100] do printfn "%s" (size n)
let both = function
    | Even & DivisibleBy 3 -> "six"
    | (Even | DivisibleBy 3) as n -> sprintf "one of %d" n
    | _ -> "none"
printfn "%s %s %s %s" (both 12) (both 4) (both 9) (both 7)
let (|Head|Empty|) = function x :: _ -> Head x | [] -> Empty
match [[1]; []] with
| [Head x; Empty] -> printfn "%d then nothing" x
| _ -> printfn "no"
let (|Point|) p = (fst p, snd p)
let f (Point (x, y)) = x + y
printfn "%d" (f (3, 4))
