# bash completion for scenario-usage: evaluate it, or keep it in the folder for completions.

_scenario_usage() {
    local program=scenario-usage kind= line=
    [[ $1 == */scenario-usage ]] && program=${1/#\~\//$HOME/}
    COMPREPLY=()
    {
        IFS= read -r kind
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done
    } < <(_SCENARIO_USAGE_COMPLETE=bash "$program" "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    [[ $kind == paths ]] && compopt -o default 2>/dev/null
    return 0
}

complete -F _scenario_usage scenario-usage
