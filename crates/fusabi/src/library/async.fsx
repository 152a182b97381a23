// Computations: what waits, what is started, what is ended (task.fsx says how they are made).
module Async

#load "task.fsx" "list.fsx"

let RunSynchronously (work: Async<'a>) : 'a = Async'.runHere work

let sleep (milliseconds: int) : Async<unit> = async { Native.fiberSleep milliseconds }
let Sleep milliseconds = sleep milliseconds

let parallel (works: Async<'a> list) : Async<'a list> = async { return Async'.all works }

let Parallel (works: Async<'a> seq) : Async<'a array> = async {
    return Native.listToArray (Async'.all (List.ofSeq works))
}

let Start (work: Async<unit>) =
    let _ = Async'.launch (fun _ -> true) work
    ()

let StartImmediate work = Start work

let Ignore (work: Async<'a>) : Async<unit> = async {
    let! _ = work
    return ()
}

let Catch (work: Async<'a>) : Async<Choice<'a, exn>> = async {
    try
        let! x = work
        return Choice1Of2 x
    with
    | e -> return Choice2Of2 e
}

let catch (work: Async<'a>) : Async<Result<'a, exn>> = async {
    try
        let! x = work
        return Ok x
    with
    | e -> return Error e
}

let withTimeout (milliseconds: int) (work: Async<'a>) : Async<'a option> = async {
    let task = Async'.launch (fun _ -> false) work
    try
        if task.State = "running" then
            let timer = Async'.launch (fun _ -> false) (async {
                Native.fiberSleep milliseconds
                Async'.stop task
            })
            try
                Async'.join task
            finally
                Async'.stop timer
    finally
        Async'.stop task
    return
        match task.State with
        | "cancelled" -> None
        | _ -> Some (Async'.outcome task)
}

let cancel (work: Async<'a>) =
    let own: Async'.computation<'a> = Native.cast work
    match own.Task with
    | Some task -> Async'.stop task
    | None -> own.Task <- Some { State = "cancelled"; Value = None; Failure = None; Fiber = None }

let poll (work: Async<'a>) =
    let own: Async'.computation<'a> = Native.cast work
    match own.Task with
    | Some task -> task.State
    | None -> "pending"

let await (work: Async<'a>) : 'a =
    let own: Async'.computation<'a> = Native.cast work
    match own.Task with
    | Some task when Option.isSome task.Fiber ->
        Async'.join task
        Async'.outcome task
    | _ -> Async'.runHere work
