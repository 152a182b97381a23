module Plugin@N =
  // A plugin as users write them: settings, hooks, text.
  type Level =
    | Quiet
    | Normal
    | Loud of times: int

  type Rule =
    { Pattern: string
      Level: Level
      mutable Hits: int }

  type Event =
    | Line of text: string * row: int
    | Key of char
    | Resize of columns: int * rows: int
    | Closed

  let rule pattern level = { Pattern = pattern; Level = level; Hits = 0 }

  let rules =
    [ rule "ERROR" (Loud 3)
      rule "WARN" Normal
      rule "DEBUG" Quiet ]

  let describe level =
    match level with
    | Quiet -> "quiet"
    | Normal -> "normal"
    | Loud times when times > 2 -> sprintf "very loud (%d)" times
    | Loud times -> $"loud ({times})"

  let matching (text: string) =
    rules |> List.filter (fun rule -> text.Contains rule.Pattern)

  let note (rule: Rule) =
    rule.Hits <- rule.Hits + 1
    rule.Hits

  let columns (text: string) =
    match text.Split(';') with
    | [| name; value |] -> Some(name.Trim(), value.Trim())
    | [| name |] -> Some(name.Trim(), "")
    | _ -> None

  let parseLevel text =
    match text with
    | "quiet" -> Ok Quiet
    | "normal" -> Ok Normal
    | "loud" -> Ok(Loud 1)
    | other -> Error("no such level: " + other)

  let readRule text =
    match columns text with
    | Some(name, level) when name <> "" ->
      parseLevel level |> Result.map (fun level -> rule name level)
    | Some _ -> Error "a rule without a pattern"
    | None -> Error "more than two columns"

  let onEvent state event =
    match event with
    | Line(text, row) when text.Length > @N ->
      let found = matching text
      for rule in found do
        note rule |> ignore
      state + List.length found * row
    | Line(_, row) -> state + row
    | Key 'q' -> 0
    | Key other -> state + int other
    | Resize(columns, rows) ->
      let area = columns * rows
      if area > 10000 then state + 1
      elif area > 100 then state
      else state - 1
    | Closed -> -1

  let run events = events |> List.fold onEvent 0

  let summary () =
    rules
    |> List.map (fun rule -> sprintf "%-10s %5d %s" rule.Pattern rule.Hits (describe rule.Level))
    |> String.concat "\n"

