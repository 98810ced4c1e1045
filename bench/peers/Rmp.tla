-------------------------------- MODULE Rmp ---------------------------------
(* org.ringfence.bench.peers.rmp; one action an operation. *)
EXTENDS Naturals
CONSTANTS F, P
VARIABLES owner, valid, mapped, validated, used
all == <<owner, valid, mapped, validated, used>>
Frames == 1 .. F
Pages == 1 .. P

Init ==
  /\ owner = [f \in Frames |-> 0] /\ valid = [f \in Frames |-> FALSE] /\ mapped = [p \in Pages |-> 0]
  /\ validated = [p \in Pages |-> FALSE] /\ used = {}

Backed(p) == mapped[p] # 0 /\ owner[mapped[p]] = p
Assign(f, p) == owner' = [owner EXCEPT ![f] = p] /\ valid' = [valid EXCEPT ![f] = FALSE] /\ UNCHANGED <<mapped, validated, used>>
Map(p, f) == mapped' = [mapped EXCEPT ![p] = f] /\ UNCHANGED <<owner, valid, validated, used>>
Reclaim(f) ==
  /\ owner[f] # 0 /\ owner' = [owner EXCEPT ![f] = 0] /\ valid' = [valid EXCEPT ![f] = FALSE]
  /\ UNCHANGED <<mapped, validated, used>>
Validate(p) ==
  /\ Backed(p) /\ valid' = [valid EXCEPT ![mapped[p]] = TRUE] /\ validated' = [validated EXCEPT ![p] = TRUE]
  /\ UNCHANGED <<owner, mapped, used>>
Use(p) == Backed(p) /\ valid[mapped[p]] /\ used' = used \cup {<<p, mapped[p]>>} /\ UNCHANGED <<owner, valid, mapped, validated>>

Next ==
  \/ \E f \in Frames : Reclaim(f) \/ \E p \in Pages : Assign(f, p) \/ Map(p, f)
  \/ \E p \in Pages : Validate(p) \/ Use(p)
=============================================================================
