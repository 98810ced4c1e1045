------------------------------- MODULE Accept -------------------------------
(* The guest of org.ringfence.bench.peers.accept and its host; one action an operation. *)
EXTENDS Naturals
CONSTANT N
VARIABLES state, content, frame, marked, at, page
all == <<state, content, frame, marked, at, page>>
Pages == 0 .. N - 1
Frames == 1 .. N + 1

Init ==
  /\ state = [p \in Pages |-> "FREE"] /\ content = [p \in Pages |-> "JUNK"] /\ frame = [p \in Pages |-> 0]
  /\ marked = [p \in Pages |-> FALSE] /\ at = "LOAD" /\ page = 0

Unused(f) == \A p \in Pages : frame[p] # f

Load == at = "LOAD" /\ at' = (IF marked[page] THEN "WRITE" ELSE "ACCEPT") /\ UNCHANGED <<state, content, frame, marked, page>>
Accept ==
  /\ at = "ACCEPT" /\ state[page] \in {"PENDING", "MAPPED"} /\ at' = "MARK"
  /\ state' = [state EXCEPT ![page] = "MAPPED"]
  /\ content' = (IF state[page] = "PENDING" THEN [content EXCEPT ![page] = "ZERO"] ELSE content)
  /\ UNCHANGED <<frame, marked, page>>
Mark == at = "MARK" /\ marked' = [marked EXCEPT ![page] = TRUE] /\ at' = "WRITE" /\ UNCHANGED <<state, content, frame, page>>
Last == page = N - 1
Write ==
  /\ at = "WRITE" /\ state[page] = "MAPPED" /\ content' = [content EXCEPT ![page] = "SECRET"]
  /\ page' = (IF Last THEN 0 ELSE page + 1) /\ at' = (IF Last THEN "READ" ELSE "LOAD")
  /\ UNCHANGED <<state, frame, marked>>
Fault == at \in {"WRITE", "READ"} /\ state[page] = "PENDING" /\ at' = "PANIC" /\ UNCHANGED <<state, content, frame, marked, page>>
Read ==
  /\ at = "READ" /\ state[page] = "MAPPED"
  /\ page' = (IF Last THEN 0 ELSE page + 1) /\ at' = (IF Last THEN "DONE" ELSE at)
  /\ UNCHANGED <<state, content, frame, marked>>

Aug(p, f) ==
  /\ state[p] = "FREE" /\ Unused(f) /\ state' = [state EXCEPT ![p] = "PENDING"]
  /\ content' = [content EXCEPT ![p] = "JUNK"] /\ frame' = [frame EXCEPT ![p] = f] /\ UNCHANGED <<marked, at, page>>
Block(p) ==
  /\ state[p] \in {"PENDING", "MAPPED"} /\ state' = [state EXCEPT ![p] = "BLOCKED"]
  /\ UNCHANGED <<content, frame, marked, at, page>>
Remove(p) ==
  /\ state[p] = "BLOCKED" /\ state' = [state EXCEPT ![p] = "FREE"] /\ content' = [content EXCEPT ![p] = "JUNK"]
  /\ frame' = [frame EXCEPT ![p] = 0] /\ UNCHANGED <<marked, at, page>>
ReadUnused(f) == Unused(f) /\ UNCHANGED all

Next ==
  \/ Load \/ Accept \/ Mark \/ Write \/ Fault \/ Read
  \/ \E p \in Pages : Block(p) \/ Remove(p) \/ \E f \in Frames : Aug(p, f)
  \/ \E f \in Frames : ReadUnused(f)

ReadsOwn == (at = "READ" /\ state[page] = "MAPPED") => content[page] = "SECRET"
NoAlias == \A p, q \in Pages : p # q => (frame[p] = 0 \/ frame[p] # frame[q])
=============================================================================
