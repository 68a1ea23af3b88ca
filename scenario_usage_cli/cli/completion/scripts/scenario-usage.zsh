#compdef scenario-usage
# zsh completion for scenario-usage: evaluate it, or keep it as _scenario-usage in a folder of fpath.

_scenario-usage() {
    local program=scenario-usage current kind before
    local -a found
    [[ $words[1] == */scenario-usage ]] && program=${(Q)words[1]/#\~\//$HOME/}
    case $compstate[quote] in
        \') current=$PREFIX ;;
        \") current=${(Q):-\"$PREFIX\"} ;;
        *) current=${(Q)PREFIX} ;;
    esac
    found=("${(@0)$(
        _SCENARIO_USAGE_COMPLETE=zsh "$program" "${(@Q)words[2,CURRENT-1]}" "$current" 2>/dev/null
    )}")
    kind=$found[1] before=$found[2]
    found=("${(@)found[3,-2]}")
    if [[ $kind == paths ]]; then
        compset -P "$before"
        _files
    elif (( $#found )); then
        compset -P "$before" || found=("$before${(@)^found}")
        _describe -t values value found -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}'
    fi
}

(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
if [[ $funcstack[1] == _scenario-usage ]]; then
    _scenario-usage "$@"
else
    compdef _scenario-usage scenario-usage
fi
