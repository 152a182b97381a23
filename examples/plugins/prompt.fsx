// @name prompt
// @description Writes the git branch behind a prompt that shows a folder, as far as `git status` told it.

let mutable branch: string option = None

let (|Prefix|_|) (prefix: string) (text: string) =
    if text.StartsWith prefix then Some(text.Substring prefix.Length) else None

let decorate (line: string) name = sprintf "%s\x1b[36m(%s)\x1b[0m " line name

let onOutput (line: string) =
    match line.Trim() with
    | Prefix "On branch " name ->
        branch <- Some name
        Continue
    | Prefix "HEAD detached at " name ->
        branch <- Some(name + "?")
        Continue
    | Prefix "fatal: not a git repository" _ ->
        branch <- None
        Continue
    | prompt when prompt.EndsWith "$" && prompt.Contains "/" ->
        match branch with
        | Some name -> Modify(decorate line name)
        | None -> Continue
    | _ -> Continue
