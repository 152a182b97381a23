// @name timer
// @description Tells how long a command took when it took long, and when it failed.

let slowAfter =
    match Config.GetOpt "slow-after-ms" with
    | Some text -> int text
    | None -> 10000

type Running = { Command: string; Since: int }

let mutable running: Running option = None

let pretty ms =
    if ms < 1000 then sprintf "%d ms" ms
    elif ms < 60000 then sprintf "%.1f s" (float ms / 1000.0)
    else sprintf "%d min %d s" (ms / 60000) (ms / 1000 % 60)

let onPreCommand (command: string) =
    running <- Some { Command = command; Since = Time.now () }
    Continue

let onPostCommand (command: string) (code: int) =
    match running with
    | Some { Command = started; Since = since } when started = command ->
        running <- None
        let took = Time.now () - since
        if code <> 0 then
            notifyWith "Command failed" (sprintf "%s ended with %d after %s" command code (pretty took)) NotifyLevel.Error |> ignore
        elif took >= slowAfter then
            notifyWith "Command done" (sprintf "%s took %s" command (pretty took)) NotifyLevel.Success |> ignore
    | _ -> ()
