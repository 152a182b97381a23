// Collections (§1.10): lists, arrays, ranges, comprehensions, slices.
printfn "%A" [1..5]
// expect: [1; 2; 3; 4; 5]
printfn "%A" [1..2..9]
// expect: [1; 3; 5; 7; 9]
printfn "%A" [3..-1..1]
// expect: [3; 2; 1]
printfn "%A" ['a'..'c']
// expect: ['a'; 'b'; 'c']
printfn "%A" [for x in 1..4 do if x % 2 = 0 then yield x * x]
// expect: [4; 16]
printfn "%A" [for x in [1; 2] -> x + 1]
// expect: [2; 3]
let flag = true
let implicit = [
    if flag then 1
    2
    yield! [3; 4]
]
printfn "%A" implicit
// expect: [1; 2; 3; 4]
let a = [|1; 2; 3|]
a.[0] <- 9
printfn "%d %d %d" a.[0] a[1] a.Length
// expect: 9 2 3
printfn "%A %A" a.[1..2] a.[..0]
// expect: [|2; 3|] [|9|]
let b = a.[1] <- 7
printfn "%A %A" a b
// expect: [|9; 2; 3|] [|9; 7; 3|]
printfn "%A" (Seq.toList (seq { for i in 1..3 do yield i * i }))
// expect: [1; 4; 9]
printfn "%c" "hello".[1]
// expect: e
printfn "%s" "hello".[1..3]
// expect: ell

// A range in braces is a sequence, however long.
printfn "%A" (Seq.toList (seq { 1 .. 3 }), Seq.toList (seq { 9 .. -4 .. 1 }))
// expect: ([1; 2; 3], [9; 5; 1])
printfn "%A" (Seq.toList (Seq.take 2 (seq { 5 .. 1000000000000 })))
// expect: [5; 6]
// Sets are added and subtracted.
printfn "%A" (set [ 1; 2 ] + set [ 3 ] - set [ 1 ])
// expect: set [2; 3]
// What a function is to be of may be said: `f<int> x`.
printfn "%A" (Array.zeroCreate<int> 2)
// expect: [|0; 0|]
