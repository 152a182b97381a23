// simulation with a linear congruential generator, statistics, histogram
let lcg seed = (seed * 1103515245 + 12345) &&& 0x7fffffff
let randoms seed = Seq.unfold (fun s -> let s' = lcg s in Some (s' % 100, s')) seed
let sample = randoms 42 |> Seq.take 1000 |> Seq.toArray
let mean (xs: float[]) = Array.sum xs / float xs.Length
let variance xs =
    let m = mean xs
    xs |> Array.map (fun x -> (x - m) ** 2.0) |> mean
let stdev = variance >> sqrt
let fs = [| 2.0; 4.0; 4.0; 4.0; 5.0; 5.0; 7.0; 9.0 |]
printfn "%.2f %.2f" (mean fs) (stdev fs)
let median xs =
    let s = Array.sort xs
    let n = Array.length s
    if n % 2 = 1 then s.[n / 2] else (s.[n / 2 - 1] + s.[n / 2]) / 2.0
printfn "%g" (median fs)
printfn "%d %b" sample.Length (sample |> Array.forall (fun x -> x >= 0 && x < 100))
let histogram buckets xs =
    xs
    |> Array.groupBy (fun x -> x / (100 / buckets))
    |> Array.map (fun (b, g) -> b, g.Length)
    |> Array.sortBy fst
printfn "%d %d" (histogram 4 sample).Length (histogram 4 sample |> Array.sumBy snd)
[ "a", 3; "bb", 5 ] |> List.iter (fun (l, n) -> printfn "%-3s%s" l (String.replicate n "*"))
let newton f f' x0 =
    let rec go x n = if n = 0 then x else go (x - f x / f' x) (n - 1)
    go x0 20
printfn "%.6f" (newton (fun x -> x * x - 2.0) (fun x -> 2.0 * x) 1.0)
let integrate f a b n =
    let h = (b - a) / float n
    h * (seq { for i in 0 .. n - 1 -> f (a + (float i + 0.5) * h) } |> Seq.sum)
printfn "%.4f" (integrate (fun x -> x * x) 0.0 3.0 1000)
printfn "%.4f" (integrate sin 0.0 System.Math.PI 1000)
type Complex = { Re: float; Im: float } with
    static member (+) (a, b) = { Re = a.Re + b.Re; Im = a.Im + b.Im }
    static member (*) (a, b) = { Re = a.Re * b.Re - a.Im * b.Im; Im = a.Re * b.Im + a.Im * b.Re }
    member c.Norm = c.Re * c.Re + c.Im * c.Im
let mandel c =
    let rec go (z: Complex) n = if n = 50 || z.Norm > 4.0 then n else go (z * z + c) (n + 1)
    go { Re = 0.0; Im = 0.0 } 0
for y in -1.0 .. 0.5 .. 1.0 do
    [ for x in -2.0 .. 0.25 .. 0.5 -> if mandel { Re = x; Im = y } = 50 then '#' else '.' ]
    |> List.map string |> String.concat "" |> printfn "%s"
let primes = Seq.initInfinite ((+) 2) |> Seq.filter (fun n -> seq { 2 .. int (sqrt (float n)) } |> Seq.forall (fun d -> n % d <> 0))
printfn "%A" (primes |> Seq.skip 5 |> Seq.take 3 |> List.ofSeq)
let isPerfect n = [ 1 .. n / 2 ] |> List.filter (fun d -> n % d = 0) |> List.sum = n
printfn "%A" ([ 2 .. 500 ] |> List.filter isPerfect)
let triples = [ for a in 1 .. 20 do for b in a .. 20 do for c in b .. 20 do if a * a + b * b = c * c then (a, b, c) ]
printfn "%d %A" triples.Length triples.Head
printfn "%d" ([1L..20L] |> List.reduce (fun a b -> let rec gcd a b = if b = 0L then a else gcd b (a % b) in a * b / gcd a b))
