package org.ringfence.machine.tdx.abi;

/** What became of a SEAMCALL or TDCALL in its raw form. */
public sealed interface After {

    /** It came back, with these registers. */
    record Returned(Registers registers) implements After {}

    /**
     * It left for the other side: TDH.VP.ENTER for the guest, until the TD exit; a TDCALL for the host, or for an L2,
     * until whoever goes on with the vCPU repeats it.
     */
    record Left() implements After {}
}
