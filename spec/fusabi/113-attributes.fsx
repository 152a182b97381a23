// Attributes, members and units (§1.13).
[<Plugin>]
[<assembly: Description("a test")>]
do ()
[<Literal>]
let Limit = 10
[<OnLoad; OnCommand("go")>]
let onLoad ([<Unused>] context: int) = context + Limit
[<OnOutput>] let onOutput (line: string) =
    line.Contains("ERROR")
printfn "%d %b" (onLoad 1) (onOutput "an ERROR")
// expect: 11 true
printfn "%s %d %d" ("  x ".Trim()) ("a,b".Split(',').Length) ("abc".IndexOf("c"))
// expect: x 2 2
printfn "%b %d" (Some 1).IsSome [1; 2].Length
// expect: true 2
[<Measure>] type m
[<Measure>] type s
let speed: float<m/s> = 10.0<m/s>
let distance = speed * 3.0<s>
printfn "%.1f" (float distance)
// expect: 30.0
type Vector =
    { X: int; Y: int }
    static member (+) (a, b) = { X = a.X + b.X; Y = a.Y + b.Y }
    override this.ToString() = sprintf "<%d, %d>" this.X this.Y
printfn "%s" (string ({ X = 1; Y = 2 } + { X = 3; Y = 4 }))
// expect: <4, 6>
