// Records (§1.8): declared, generic, copied, mutated, structural.
type Point = { X: int; Y: int }
type Named =
    { Name: string
      mutable Count: int }
    member this.Twice = this.Count * 2
    static member Make name = { Name = name; Count = 0 }
type Box<'a> = { Value: 'a }
type Line = { From: Point; To: Point }
let p = { X = 1; Y = 2 }
printfn "%d" (p.X + p.Y)
// expect: 3
printfn "%A" { p with Y = 5 }
// expect: { X = 1; Y = 5 }
let n = Named.Make "n"
n.Count <- 4
printfn "%s %d" n.Name n.Twice
// expect: n 8
let line = { From = p; To = { X = 3; Y = 4 } }
printfn "%d" { line with To.X = 9 }.To.X
// expect: 9
printfn "%b" ({ X = 1; Y = 2 } = p)
// expect: true
printfn "%s" { Value = "boxed" }.Value
// expect: boxed
let anonymous = {| a = 1; b = "two" |}
let more = {| anonymous with c = 3 |}
printfn "%d %s" more.c more.b
// expect: 3 two
let alice = { name = "Alice"; age = 30 }
printfn "%s %d" alice.name alice.age
// expect: Alice 30
let grown = { alice with age = 31; city = "Bogor" }
printfn "%d %s" grown.age grown.city
// expect: 31 Bogor

// A copy of a record that is known by its fields only is of the declared type that has them.
type Ledger = { Title: string; Entries: int list }
let entered ledger entry = { ledger with Entries = entry :: ledger.Entries }
printfn "%A" (List.fold entered { Title = "t"; Entries = [] } [ 1; 2 ])
// expect: { Title = "t"; Entries = [2; 1] }
// So is a record whose field's own fields or methods are asked for.
let initial ledger = ledger.Title.ToUpper()
printfn "%s" (initial { Title = "ab"; Entries = [] })
// expect: AB
