// matrices, arrays, slices, in-place, 2D jagged
type Matrix = float[][]
let identity n : Matrix = Array.init n (fun i -> Array.init n (fun j -> if i = j then 1.0 else 0.0))
let mul (a: Matrix) (b: Matrix) : Matrix =
    let n, m, p = a.Length, b.Length, b.[0].Length
    Array.init n (fun i ->
        Array.init p (fun j ->
            let mutable s = 0.0
            for k in 0 .. m - 1 do
                s <- s + a.[i].[k] * b.[k].[j]
            s))
let transpose (m: 'a[][]) = Array.init m.[0].Length (fun j -> Array.map (fun (row: 'a[]) -> row.[j]) m)
let rec power m n =
    match n with
    | 0 -> identity (Array.length m)
    | n when n % 2 = 0 -> let h = power m (n / 2) in mul h h
    | n -> mul m (power m (n - 1))
let fibm = [| [| 1.0; 1.0 |]; [| 1.0; 0.0 |] |]
printfn "%g" (power fibm 50).[0].[1]
printfn "%.0f" (power fibm 50).[0].[1]
printfn "%A" (transpose [| [| 1; 2; 3 |]; [| 4; 5; 6 |] |])
let a = [| 0 .. 9 |]
printfn "%A %A %A" a.[2..4] a.[..1] a.[8..]
a.[0] <- 100
a[1] <- a[0] + 1
printfn "%d %d %d" a.[0] a[1] (Array.sum a)
let bubble (xs: int[]) =
    let xs = Array.copy xs
    let n = xs.Length
    for i = 0 to n - 2 do
        for j = 0 to n - 2 - i do
            if xs.[j] > xs.[j + 1] then
                let t = xs.[j]
                xs.[j] <- xs.[j + 1]
                xs.[j + 1] <- t
    xs
printfn "%A" (bubble [| 5; 2; 8; 1 |])
let rec quicksort = function
    | [] -> []
    | p :: rest ->
        let small, large = List.partition (fun x -> x < p) rest
        quicksort small @ [p] @ quicksort large
printfn "%A" (quicksort [3; 1; 4; 1; 5; 9; 2; 6])
let rec mergeSort (xs: 'a list) =
    match xs with
    | [] | [_] -> xs
    | _ ->
        let l, r = List.splitAt (xs.Length / 2) xs
        let rec merge a b acc =
            match a, b with
            | [], rest | rest, [] -> List.rev acc @ rest
            | x :: xs, (y :: _ as ys) when x <= y -> merge xs ys (x :: acc)
            | xs, y :: ys -> merge xs ys (y :: acc)
        merge (mergeSort l) (mergeSort r) []
printfn "%A" (mergeSort ["pear"; "fig"; "apple"])
let binarySearch (xs: int array) x =
    let rec go lo hi =
        if lo > hi then None
        else
            let mid = lo + (hi - lo) / 2
            match compare xs.[mid] x with
            | 0 -> Some mid
            | c when c < 0 -> go (mid + 1) hi
            | _ -> go lo (mid - 1)
    go 0 (xs.Length - 1)
printfn "%A %A" (binarySearch [| 1; 3; 5; 7; 9 |] 7) (binarySearch [| 1; 3 |] 2)
for i in 10 .. -3 .. 1 do printf "%d " i
printfn ""
for i = 3 downto 1 do printf "%d" i
printfn "!"
let grid = Array.init 3 (fun y -> Array.init 3 (fun x -> x * y))
grid.[1].[1] <- 42
printfn "%s" (grid |> Array.map (Array.map string >> String.concat " ") |> String.concat "/")
printfn "%b %b" ([| 1; 2 |] = [| 1; 2 |]) ([1; 2] < [1; 3])
let zs = Array.zeroCreate<int> 3
printfn "%A" zs
let zs2 : string list array = Array.create 2 []
printfn "%A" zs2
