package org.ringfence.platform.tdx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.stack.host.tdx.bringup.SmallHost;

/**
 * What the module keeps in memory is what it put there. Anything else that it would read breaks integrity; poison that
 * it would find in a TD's page breaks availability, since the TD is lost (what poison in a PAMT does is shown by the
 * call that finds it). On a package without the global key, what the module put there is lost where
 * {@code unkeyedIsJunk}; no source tells.
 *
 * @param property integrity or availability
 * @param places of the frames, by their numbers
 */
public record ModulePages(
        Property property, Memory memory, TdxModule module, List<Place> places, boolean unkeyedIsJunk)
        implements
            Invariant {

    /** What {@link Place#tells} is of a page that is no PAMT. */
    private static final long NO_PAMT = -1;

    /**
     * Where a frame lies.
     *
     * @param home the package whose memory it is
     * @param tells the address of a page of which it is the PAMT
     */
    record Place(int home, long tells) {}

    public ModulePages {
        places = List.copyOf(places);
    }

    static ModulePages of(Property property, Machine machine, SmallHost small, boolean unkeyedIsJunk) {
        TdxModule module = machine.part(TdxModule.class);
        List<Place> places = new ArrayList<>();
        for (int frame = 0; frame < small.frames(); frame++) {
            long hpa = module.map().hpa(frame);
            long tells = IntStream.range(0, small.packages())
                    .filter(i -> small.pamtPage(i) == hpa)
                    .mapToLong(i -> small.page(i, 0))
                    .findFirst()
                    .orElse(NO_PAMT);
            places.add(new Place(small.home(hpa), tells));
        }
        return new ModulePages(property, machine.part(Memory.class), module, places, unkeyedIsJunk);
    }

    /** What the module would find in a frame. */
    private enum Found {
        NONE_OF_ITS,
        ITS_OWN,
        POISON,
        SOMETHING_ELSE
    }

    @Override
    public long judge(State state) {
        long marks = 0;
        for (int frame = 0; frame < places.size(); frame++) {
            Found found = found(state, frame);
            if (found != Found.NONE_OF_ITS) {
                marks |= isHurt(state, frame, found) ? property.broken() : property.exercised();
            }
        }
        return marks;
    }

    @Override
    public String hurt(State state) {
        for (int frame = 0; frame < places.size(); frame++) {
            if (isHurt(state, frame, found(state, frame))) {
                return "frame %d at 0x%x, a page of the module's".formatted(frame, module.map().hpa(frame));
            }
        }
        return "";
    }

    private boolean isHurt(State state, int frame, Found found) {
        return property == Property.INTEGRITY
                ? found == Found.SOMETHING_ELSE
                : found == Found.POISON && type(state, frame) == PageType.PT_TDCX;
    }

    private Found found(State state, int frame) {
        int keyId = keyId(state, frame);
        if (keyId == 0) {
            return Found.NONE_OF_ITS;
        }
        int value = memory.look(state, frame, keyId);
        if (value == Memory.POISON) {
            return Found.POISON;
        }
        boolean global = keyId == module.seam().hkid().get(state);
        boolean lost = global && unkeyedIsJunk && !module.packages().has(state, 0, places.get(frame).home);
        return lost || value != Value.ZERO.ordinal() ? Found.SOMETHING_ELSE : Found.ITS_OWN;
    }

    /** The KeyID under which the module uses a frame; 0 where it does not. */
    private int keyId(State state, int frame) {
        long tells = places.get(frame).tells;
        if (tells != NO_PAMT) {
            return module.pamt().covers(state, tells) ? module.seam().hkid().get(state) : 0;
        }
        return switch (type(state, frame)) {
            case PT_TDR -> module.seam().hkid().get(state);
            case PT_TDCX -> tdKeyId(state, module.pamt().owner(state, frame, PageSize.PT_4KB));
            case PT_NDA, PT_RSVD, PT_REG, PT_TDVPR, PT_EPT -> 0;
        };
    }

    private int tdKeyId(State state, int tdr) {
        int td = tdr == FrameRef.NONE ? -1 : module.td(state, tdr);
        return td < 0 ? 0 : module.keyId(state, td);
    }

    private PageType type(State state, int frame) {
        return module.pamt().type(state, frame, PageSize.PT_4KB);
    }
}
