package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * A second address for each cell of DRAM, which a module has that lies about its size: BadRAM. What the RMP forbids at
 * one address nobody asks of the other, and the RMP is memory too: whoever can use the aliases writes its entries.
 *
 * <p>Firmware that looks for aliases before SNP_INIT finds them by writing through one address and reading through the
 * other, and takes such a module out of use. Source: De Meulemeester et al., "BadRAM" (2025), CVE-2024-21944;
 * AMD-SB-3015.
 *
 * @param usable the aliases can be used
 */
public record Aliases(Snp snp, Flag usable) {
    /** Brings it. */
    public static final Part PART = Part.of(
            Aliases.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Snp.class)));

    /** Declares them. */
    public static Aliases declare(Declaration declaration, Snp snp) {
        return new Aliases(snp, declaration.single("DRAM").flag("aliases"));
    }

    /** The machine is switched on with such a module; {@code checked} where the firmware looks for aliases. */
    public void start(State state, boolean checked) {
        usable.set(state, !checked);
    }

    /** The RMP entry of {@code frame} becomes that of a 4K page which the guest has validated at {@code page}. */
    public void forge(State state, int frame, int page) {
        ReverseMapTable rmp = snp.rmp();
        Rmpupdate.perform(state, rmp, frame, false, 0, Level.SIZE_4K, 0, false);
        Rmpupdate.perform(state, rmp, frame, true, page, Level.SIZE_4K, snp.options().guestAsid(), false);
        rmp.setValidated(state, frame, true);
    }

    /** Whether {@link #forge} writes an entry that describes a page by itself: none inside a 2M page. */
    public boolean canForge(State state, int frame) {
        return usable.get(state) && !snp.rmp().isLarge(state, frame);
    }
}
