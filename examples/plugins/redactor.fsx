// @name redactor
// @description Hides what looks like a password, a token or a key before anybody sees it.

type Rule = { Name: string; Pattern: Regex; Shown: string }

let rule name pattern shown = { Name = name; Pattern = Regex pattern; Shown = shown }

let rules =
    [ rule "key" @"AKIA[0-9A-Z]{16}" "AKIA****************"
      rule "bearer" @"[Bb]earer [A-Za-z0-9._-]+" "Bearer ****"
      rule "password" @"password=[^ &]+" "password=****"
      rule "private key" "-----BEGIN [A-Z ]*PRIVATE KEY-----" "(private key)" ]

let mutable hidden: Map<string, int> = Map.empty

let hide (line: string) (rule: Rule) =
    if rule.Pattern.IsMatch line then
        hidden <- hidden |> Map.change rule.Name (fun n -> Some(1 + defaultArg n 0))
        rule.Pattern.Replace(line, rule.Shown)
    else
        line

let onOutput (line: string) =
    let shown = List.fold hide line rules
    if shown = line then Continue else Modify shown

let onStatusBar () =
    hidden
    |> Map.toList
    |> List.map (fun (name, n) -> sprintf "%s: %d" name n)
    |> String.concat ", "
