// event sourcing, type-driven state machine, interpreter of commands
type State = { Stock: Map<string, int>; Log: string list }
type Event =
    | Received of sku: string * qty: int
    | Shipped of sku: string * qty: int
    | Adjusted of sku: string * qty: int * reason: string
module State =
    let empty = { Stock = Map.empty; Log = [] }
    let private update sku f state =
        let current = state.Stock |> Map.tryFind sku |> Option.defaultValue 0
        { state with Stock = state.Stock |> Map.add sku (f current) }
    let apply state = function
        | Received (sku, qty) -> update sku (fun n -> n + qty) state
        | Shipped (sku, qty) -> update sku (fun n -> n - qty) state
        | Adjusted (sku, qty, reason) ->
            let state = update sku (fun _ -> qty) state
            { state with Log = reason :: state.Log }
let parse (line: string) =
    match List.ofArray (line.Split ' ') with
    | [ "recv"; sku; n ] -> Ok (Received (sku, int n))
    | [ "ship"; sku; n ] -> Ok (Shipped (sku, int n))
    | "adj" :: sku :: n :: reason -> Ok (Adjusted (sku, int n, String.concat " " reason))
    | other -> Error (sprintf "cannot parse %A" other)
let results = [ "recv a 10"; "ship a 3"; "recv b 5"; "adj b 4 broken in transit"; "nope" ] |> List.map parse
let events = results |> List.choose (function Ok e -> Some e | Error _ -> None)
let final = events |> List.fold State.apply State.empty
printfn "%A" final.Stock
printfn "%A" final.Log
for r in results do
    match r with
    | Error e -> printfn "%s" e
    | Ok _ -> ()
type Light = Red | Green | Yellow
    with
    member l.Next =
        match l with
        | Red -> Green
        | Green -> Yellow
        | Yellow -> Red
let rec cycle n (l: Light) = if n = 0 then l else cycle (n - 1) l.Next
printfn "%A" (List.map (fun n -> cycle n Red) [0..4])
type Door =
    | Open
    | Closed of locked: bool
type Action = Push | Pull | Lock | Unlock
let act door action =
    match door, action with
    | Open, Push -> Ok (Closed false)
    | Closed false, Pull -> Ok Open
    | Closed (locked = false), Lock -> Ok (Closed true)
    | Closed true, Unlock -> Ok (Closed false)
    | d, a -> Error (sprintf "cannot %A a %A door" a d)
let rec play door = function
    | [] -> sprintf "%A" door
    | a :: rest ->
        match act door a with
        | Ok d -> play d rest
        | Error e -> e
printfn "%s" (play Open [ Push; Lock; Unlock; Pull ])
printfn "%s" (play Open [ Push; Lock; Pull ])
let ticks = [ for i in 1 .. 3 do
                match i with
                | 2 -> ()
                | n -> yield n * 10 ]
printfn "%A" ticks
let validate name age = result {
    let! n = if name = "" then Error "name" else Ok name
    let! a = if age < 0 then Error "age" else Ok age
    if a > 150 then
        return! Error "too old"
    else
        return sprintf "%s(%d)" n a }
printfn "%A %A %A %A" (validate "x" 1) (validate "" 1) (validate "x" -1) (validate "x" 200)
let collected =
    [ Ok 1; Error "bad"; Ok 3 ]
    |> List.fold (fun acc r ->
        match acc, r with
        | Ok xs, Ok x -> Ok (x :: xs)
        | Error e, _ -> Error e
        | _, Error e -> Error e) (Ok [])
    |> Result.map List.rev
printfn "%A" collected
