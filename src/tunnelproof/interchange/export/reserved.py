"""Words that the other languages, and the programs that their tools write, keep for themselves."""

from __future__ import annotations

import re

from tunnelproof.interchange.export.names import Reserved

_C = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof bool
true false NULL main errno stdin stdout stderr linux unix i386 printf malloc free memset memcpy exit abort time
"""
_PROMELA = """
active assert atomic bit byte c_code c_decl c_expr c_state c_track chan d_step D_proctype empty enabled eval fi full
get_priority hidden init len local ltl mtype nempty never nfull nr_pr np notrace od of pc_value pid printm priority
proctype provided rand run select set_priority show skip timeout trace unless xr xs always eventually until
weakuntil stronguntil release implies equivalent next in last stack inc
Addproc Air0 Air1 G_int G_long IfNotBlocked Index Max Min Offsetof PanSource Pclaim SpinVersion StackSize
TargetQ_Full TargetQ_NotFull UnBlock cas final get16bits getframe max min mix now pptr q_sz qptr rot uchar uint ulong
ushort wasnew State Trans Svtack this trail depth boq A_Root trpt proc vsize X U V W
"""
_MURPHI = """
alias array assert assume assumption begin boolean by case clear const cover do else elsif elseif end endalias
endexists endfor endforall endfunction endif endprocedure endrecord endrule endruleset endstartstate endswitch
endwhile enum error exists external false for forall function if import in interleaved invariant isundefined liveness
multiset multisetadd multisetcount multisetremove multisetremovepred none of process procedure program property put
real record return rule ruleset scalarset smallint startstate string switch then to traceuntil true type undefine
union var while
"""
_SMV = """
MODULE DEFINE MDEFINE CONSTANTS VAR IVAR FROZENVAR INIT TRANS INVAR SPEC CTLSPEC LTLSPEC PSLSPEC COMPUTE NAME
INVARSPEC FAIRNESS JUSTICE COMPASSION ISA ASSIGN CONSTRAINT SIMPWFF CTLWFF LTLWFF PSLWFF COMPWFF IN MIN MAX MIRROR
PRED PREDICATES process array of boolean integer real word word1 bool signed unsigned extend resize sizeof uwconst
swconst EX AX EF AF EG AG E F O G H X Y Z A U S V T BU EBF ABF EBG ABG case esac mod next init union in xor xnor self
TRUE FALSE count abs max min
"""

# Spin's C code has many macros in capitals, and puts a model's variables among them.
PROMELA = Reserved(frozenset((_C + _PROMELA).split()), re.compile("[A-Z][A-Z0-9_]*"))
MURPHI = Reserved(frozenset(_MURPHI.split()), any_case=True)
SMV = Reserved(frozenset(_SMV.split()))
