// Computations of `async`: a value of `Async<'a>` is a `computation`, whose work is a function. It runs on the fiber that waits
// for it, so `let!` is a call and `return!` one in tail position; only what is started has a fiber of its own, a task.
module Async'

type task<'a> = {
    /// "running", "completed", "failed" or "cancelled"
    mutable State: string
    mutable Value: 'a option
    mutable Failure: exn option
    /// None: it runs on the fiber of whoever waits for it.
    mutable Fiber: fiber option
}

type computation<'a> = {
    Work: unit -> 'a
    /// The one that was started last.
    mutable Task: task<'a> option
}

let make (work: unit -> 'a) : Async<'a> = Native.cast { Work = work; Task = None }

let cancelled () = failwith "the computation was cancelled"

let run (work: Async<'a>) : 'a =
    let own: computation<'a> = Native.cast work
    match own.Task with
    | Some { State = "cancelled"; Fiber = None } -> cancelled ()
    | _ -> own.Work ()

/// A task that runs until it first waits. What it fails by goes to `failed`, whose answer says whether it is told.
let launch (failed: exn -> bool) (work: Async<'a>) : task<'a> =
    let own: computation<'a> = Native.cast work
    let task = { State = "running"; Value = None; Failure = None; Fiber = None }
    match own.Task with
    | Some { State = "cancelled"; Fiber = None } -> task.State <- "cancelled"
    | _ ->
        own.Task <- Some task
        let body () =
            task.Fiber <- Some (Native.fiberRunning ())
            try
                let value = own.Work ()
                task.Value <- Some value
                task.State <- "completed"
            with failure ->
                task.Failure <- Some failure
                task.State <- "failed"
                if failed failure then reraise ()
        task.Fiber <- Some (Native.fiberStart (Native.cast body))
    task

/// Until the task has ended, whatever its end is.
let join (task: task<'a>) =
    match task with
    | { State = "running"; Fiber = Some fiber } -> Native.await fiber
    | { State = "cancelled"; Fiber = Some fiber } -> Native.await fiber
    | _ -> ()

let outcome (task: task<'a>) : 'a =
    match task with
    | { Value = Some value } -> value
    | { Failure = Some failure } -> raise failure
    | _ -> cancelled ()

/// Ends a task that runs on a fiber of its own.
let stop (task: task<'a>) =
    match task with
    | { State = "running"; Fiber = Some fiber } ->
        task.State <- "cancelled"
        Native.fiberCancel fiber
    | _ -> ()

/// On the fiber of whoever waits for it.
let runHere (work: Async<'a>) : 'a =
    let own: computation<'a> = Native.cast work
    match own.Task with
    | Some { State = "cancelled"; Fiber = None } -> cancelled ()
    | _ ->
        let task = { State = "running"; Value = None; Failure = None; Fiber = None }
        own.Task <- Some task
        try
            let value = own.Work ()
            task.State <- "completed"
            value
        with _ ->
            task.State <- "failed"
            reraise ()

/// What a host calls: it gets the value, or `()` if it does not wait and the work has to; then that goes on later.
let hook (work: Async<'a>) : 'a =
    if Native.fiberWaits () then
        runHere work
    else
        let answered = ref false
        let task = launch (fun _ -> !answered) work
        answered := true
        match task with
        | { State = "running" } -> Native.cast ()
        | _ -> outcome task

/// The values of all, in order; when one fails, the others end.
let all (works: Async<'a> list) : 'a list =
    let failure = ref None
    let tasks = ref []
    let stopAll () = List.iter stop !tasks
    let failed e =
        if Option.isNone !failure then
            failure := Some e
            stopAll ()
        false
    try
        for work in works do
            if Option.isNone !failure then tasks := launch failed work :: !tasks
        let tasks = List.rev !tasks
        List.iter join tasks
        match !failure with
        | Some e -> raise e
        | None -> List.map outcome tasks
    finally
        stopAll ()
