let n = 300000
// Text from pieces.
let run n = [ for i in 1 .. n -> "item " + string i ] |> String.concat "," |> String.length
printfn "%d" (run n)
