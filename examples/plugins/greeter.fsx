// @name greeter
// @description Greets who comes, counts visits over sessions, and offers a command that tells them.

let visits () = GetData "visits" |> Option.map int |> Option.defaultValue 0

let greeting n =
    match n with
    | 1 -> "Welcome!"
    | n when n % 100 = 0 -> sprintf "Welcome back: visit %d, thank you for staying." n
    | n -> sprintf "Welcome back (visit %d)" n

let onLoad (ctx: Context) =
    registerCommand "greeter.visits" "Visits" "Tells how often this terminal was visited." |> ignore
    ctx.Log Info (sprintf "greeter %s" ctx.Version)

let onAttach (client: int) =
    let n = visits () + 1
    if SetData "visits" (string n) then notify (greeting n)

let onRemoteCommand (id: string) =
    match id with
    | "greeter.visits" -> notify (sprintf "%d visits" (visits ()))
    | _ -> ()
