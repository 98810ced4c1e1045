package org.ringfence.stack.guest.cca;

import org.ringfence.machine.cca.rsi.IpaStateSet;
import org.ringfence.machine.cca.rsi.IpaStateSet.Response;
import org.ringfence.machine.cca.rsi.RsiStatus;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/**
 * RSI_IPA_STATE_SET of a range, again from X1 as often as the host has not done all of it. A refusal ends the guest.
 * Source: Linux, arch/arm64/include/asm/rsi.h (rsi_set_memory_range).
 *
 * @param base the range's first address
 * @param top the first after it
 * @param to EMPTY or RAM
 * @param changeDestroyed whether what the host has destroyed is to change too
 */
public record ChangeRipas(long base, long top, Ripas to, boolean changeDestroyed, Geometry geometry)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        IpaStateSet.Changed changed =
                cpu.ask(new IpaStateSet(base, top, to.number(), changeDestroyed, geometry));
        if (changed.x0() != RsiStatus.RSI_SUCCESS || changed.x2() == Response.REJECT) {
            throw new Panic("RSI_IPA_STATE_SET of GPA 0x%X to %s failed".formatted(base, to));
        }
        return changed.x1() == top
                ? Done.DONE
                : cpu.again(new ChangeRipas(changed.x1(), top, to, changeDestroyed, geometry));
    }
}
