// tail recursion over millions of steps, mutual recursion, deep non-tail recursion
let rec sumTo acc n = if n = 0L then acc else sumTo (acc + n) (n - 1L)
printfn "%d" (sumTo 0L 3000000L)
let rec isEven n = if n = 0 then true else isOdd (n - 1)
and isOdd n = if n = 0 then false else isEven (n - 1)
printfn "%b" (isEven 1000001)
let rec depth n = if n = 0 then 0 else 1 + depth (n - 1)
printfn "%d" (depth 50000)
let collatz n =
    let rec go n steps =
        match n with
        | 1 -> steps
        | n when n % 2 = 0 -> go (n / 2) (steps + 1)
        | n -> go (3 * n + 1) (steps + 1)
    go n 0
printfn "%A" ([1..1000] |> List.map (fun n -> collatz n, n) |> List.max)
let rec ack m n =
    match m, n with
    | 0, n -> n + 1
    | m, 0 -> ack (m - 1) 1
    | m, n -> ack (m - 1) (ack m (n - 1))
printfn "%d" (ack 2 9)
let rec hanoi n a b c = if n = 0 then 0 else hanoi (n - 1) a c b + 1 + hanoi (n - 1) c b a
printfn "%d" (hanoi 12 "a" "b" "c")
let rec fold f acc = function [] -> acc | x :: xs -> fold f (f acc x) xs
printfn "%d" (fold (+) 0 [1..200000])
let rec cps n k = if n = 0 then k 1 else cps (n - 1) (fun r -> k (r + 1))
printfn "%d" (cps 100000 id)
let big = List.init 300000 id
printfn "%d %d" (List.length big) (big |> List.map (fun x -> x * 2) |> List.filter (fun x -> x % 3 = 0) |> List.sum)
printfn "%b" (big = List.rev (List.rev big))
let mutable i = 0
while i < 1000000 do i <- i + 1
printfn "%d" i
let rec gcd a b = if b = 0 then a else gcd b (a % b)
printfn "%d" (gcd 1071 462)
let primes n =
    let sieve = Array.create (n + 1) true
    sieve.[0] <- false
    sieve.[1] <- false
    for i in 2 .. n do
        if sieve.[i] && i * i <= n then
            for j in i * i .. i .. n do
                sieve.[j] <- false
    sieve |> Array.mapi (fun i p -> if p then Some i else None) |> Array.choose id
printfn "%d %A" (primes 10000).Length (primes 30)
