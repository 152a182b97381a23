let n = 300
// A product of square matrices: arrays of arrays of floats.
let matrix n = Array.init n (fun i -> Array.init n (fun j -> float (i * j % 7) + 0.5))

let product (a: float[][]) (b: float[][]) n =
    Array.init n (fun i ->
        let row = a.[i]
        Array.init n (fun j ->
            let mutable sum = 0.0
            for k in 0 .. n - 1 do
                sum <- sum + row.[k] * b.[k].[j]
            sum))

let run n =
    if n = 0 then 0.0
    else
        let c = product (matrix n) (matrix n) n
        c.[n - 1].[n - 1]
printfn "%.1f" (run n)
