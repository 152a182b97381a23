// @name keys
// @description Jumps between prompts with Alt and an arrow, shows the palette with the leader key and Space.

let alt = 2
let leader = 16

let (|With|_|) modifier mods = if mods &&& modifier <> 0 then Some() else None

let onKeyPress (event: KeyEvent) =
    match event.Code, event.Mods with
    | Up, With alt ->
        promptJump Direction.Up |> ignore
        Stop
    | Down, With alt ->
        promptJump Direction.Down |> ignore
        Stop
    | Space, With leader ->
        showCommandPalette ()
        Stop
    | _ -> Continue
