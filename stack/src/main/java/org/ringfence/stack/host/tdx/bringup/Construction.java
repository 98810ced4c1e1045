package org.ringfence.stack.host.tdx.bringup;

import java.util.List;

/** What came of making TDMRs. */
public sealed interface Construction {

    /** TDMRs in ascending order. */
    record Constructed(List<Tdmr> tdmrs) implements Construction {
        public Constructed {
            tdmrs = List.copyOf(tdmrs);
        }

        /** Memory that the PAMTs take, in bytes. */
        public long pamtBytes() {
            return tdmrs.stream().mapToLong(tdmr -> tdmr.pamt().size()).sum();
        }

        /** Memory that TDMRs cover, holes included, in bytes. */
        public long tdmrBytes() {
            return tdmrs.stream().mapToLong(Tdmr::size).sum();
        }

        /** Memory that TDs can get, in bytes. */
        public long usableBytes() {
            return tdmrs.stream().mapToLong(Tdmr::usable).sum();
        }
    }

    /**
     * The memory does not fit.
     *
     * @param reason in Linux's words
     */
    record Failed(BringUpErrno errno, String reason) implements Construction {}
}
