#fusabi "compat"
// The compatibility switch (§1.14): commas separate elements.
printfn "%d" (List.length [1, 2, 3])
// expect: 3
printfn "%d" (Array.length [|1, 2|])
// expect: 2
