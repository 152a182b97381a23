// records and unions in depth; generics; structural equality; options; measures
[<Measure>] type m
[<Measure>] type s
let dist = 100.0<m>
let time = 9.58<s>
let speed : float<m/s> = dist / time
printfn "%.2f" (float speed)
type Person = { Name: string; Age: int; Address: Address option }
and Address = { Street: string; City: string }
let p = { Name = "Ann"; Age = 30; Address = Some { Street = "Elm"; City = "Oslo" } }
let older = { p with Age = p.Age + 1 }
printfn "%d %d %b" p.Age older.Age (p = older)
printfn "%b" ({ p with Age = 30 } = p)
let city p = p.Address |> Option.map (fun a -> a.City) |> Option.defaultValue "?"
printfn "%s %s" (city p) (city { p with Address = None })
match p with
| { Name = "Bob" } -> printfn "bob"
| { Age = a; Address = Some { City = c } } when a >= 18 -> printfn "adult in %s" c
| _ -> printfn "other"
type Shape =
    | Circle of r: float
    | Square of side: float
    | Poly of (float * float) list
    member this.Area =
        match this with
        | Circle r -> 3.0 * r * r
        | Square (side = a) -> a * a
        | Poly pts ->
            let rec go = function
                | (x1, y1) :: ((x2, y2) :: _ as rest) -> x1 * y2 - x2 * y1 + go rest
                | _ -> 0.0
            abs (go (pts @ [List.head pts])) / 2.0
    static member Unit = Square 1.0
printfn "%g %g %g" (Circle 2.0).Area (Shape.Unit.Area) (Poly [0.0, 0.0; 4.0, 0.0; 4.0, 3.0]).Area
type Tree<'a> =
    | Leaf
    | Node of Tree<'a> * 'a * Tree<'a>
module Tree =
    let rec map f = function
        | Leaf -> Leaf
        | Node (l, x, r) -> Node (map f l, f x, map f r)
    let rec fold f acc = function
        | Leaf -> acc
        | Node (l, x, r) -> fold f (f (fold f acc l) x) r
    let ofList xs =
        let rec add t x =
            match t with
            | Leaf -> Node (Leaf, x, Leaf)
            | Node (l, y, r) when x < y -> Node (add l x, y, r)
            | Node (l, y, r) -> Node (l, y, add r x)
        List.fold add Leaf xs
let t = Tree.ofList [3; 1; 2]
printfn "%A" t
printfn "%s" (t |> Tree.map string |> Tree.fold (+) "")
printfn "%b %b" (t = Tree.ofList [3; 1; 2]) (Some 1 < Some 2)
printfn "%A" (List.sort [Some 2; None; Some 1])
type Suit = Clubs | Diamonds | Hearts | Spades
printfn "%A %b" (List.max [Hearts; Clubs; Spades; Diamonds]) (Clubs < Spades)
type Email = private Email of string
module Email =
    let create (s: string) = if s.Contains "@" then Ok (Email s) else Error "no @"
    let value (Email s) = s
printfn "%A" (Email.create "x@y" |> Result.map Email.value)
printfn "%A" (Email.create "xy" |> Result.map Email.value)
type Pair<'a, 'b> = { First: 'a; Second: 'b }
let swap { First = a; Second = b } = { First = b; Second = a }
printfn "%A" (swap { First = 1; Second = "x" })
let anon = {| X = 1; Y = "two" |}
printfn "%d %s" anon.X anon.Y
type Weekday = Mon = 1 | Tue = 2
printfn "%d" (int Weekday.Tue)
let struct (q, r) = struct (7 / 2, 7 % 2)
printfn "%d %d" q r
