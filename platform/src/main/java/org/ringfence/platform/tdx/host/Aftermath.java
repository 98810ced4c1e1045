package org.ringfence.platform.tdx.host;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.stack.host.tdx.bringup.BringUp;
import org.ringfence.stack.host.tdx.bringup.Tdmr;

/**
 * What a bring-up has left behind that hurts only later. In the machine nothing more happens, so that this looks for
 * it, page of PAMT by page.
 *
 * @param ready whether the module uses the PAMTs, or the host has their memory back
 * @param dirty pages with a dirty line of the host's, under KeyID 0, over what the module has written
 * @param poison pages in which the module would find poison
 * @param owned pages with the TD-owner bit set
 */
public record Aftermath(boolean ready, boolean erratum, long dirty, long poison, long owned) {
    private static final long PAGE = 4096;

    private static final long ASKED_EVERY = PAGE << 12;
    private static final String WHERE = "the look at what is left";

    static Aftermath of(
            Machine machine, State state, List<Tdmr> tdmrs, BringUp.End end, HostProgress progress) {
        Memory memory = machine.part(Memory.class);
        TdxModule module = machine.part(TdxModule.class);
        int hkid = module.options().firstPrivate();
        long dirty = 0;
        long poison = 0;
        long owned = 0;
        for (Tdmr tdmr : tdmrs) {
            for (long hpa = tdmr.pamt().base(); hpa < tdmr.pamt().end(); hpa += PAGE) {
                if (hpa % ASKED_EVERY == 0 && !progress.goesOn(() -> WHERE)) {
                    throw new Interrupted(WHERE);
                }
                int frame = module.map().frame(hpa);
                dirty += memory.caches().isDirty(state, frame, 0, 0) ? 1 : 0;
                poison += memory.look(state, frame, hkid) == Memory.POISON ? 1 : 0;
                owned += memory.isOwned(state, frame, 0) ? 1 : 0;
            }
        }
        return new Aftermath(end.isReady(), memory.options().partialWriteErratum(), dirty, poison, owned);
    }

    void tell(List<String> notes, Set<Property> broken) {
        if (ready && dirty > 0) {
            notes.add(String.format(
                    Locale.ROOT,
                    "%,d pages of PAMT have dirty lines of the host's, under KeyID 0, in a cache: once written back they are poison to the module, which then disables TDX",
                    dirty));
            broken.add(Property.AVAILABILITY);
        }
        if (ready && poison > 0) {
            notes.add(String.format(
                    Locale.ROOT, "%,d pages of PAMT are poison to the module, which disables TDX when it reads one",
                    poison));
            broken.add(Property.AVAILABILITY);
        }
        if (!ready && erratum && owned > 0) {
            notes.add(String.format(
                    Locale.ROOT,
                    "%,d pages of the host's still have the TD-owner bit: on this processor a write of less than a line poisons them",
                    owned));
            broken.add(Property.HOST_SAFETY);
        }
    }
}
