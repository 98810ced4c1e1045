package org.ringfence.machine.snp.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.snp.psc.PscService;
import org.ringfence.machine.state.State;

/**
 * The host writes any header into any vCPU's buffer of page state changes. The entries need no family: what they ask of
 * a host that does as it likes is of no account. Its arguments: whether the reserved word is set, the last entry, the
 * current one, the vCPU.
 */
public record ForgeHeaderFamily(PscBuffers buffers) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    private int numbers() {
        return buffers.capacity() + 1;
    }

    @Override
    public void each(State state, Successors successors) {
        int count = buffers.vcpus() * numbers() * numbers() * 2;
        for (int code = 0; code < count; code++) {
            PscService.ForgeHeader forged = forged(code);
            buffers.writeHeader(state, forged.vcpu(), forged.current(), forged.last(), forged.dirty());
            successors.take(code);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, buffers.vcpus() * numbers() * numbers() * 2).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return forged(arguments);
    }

    private PscService.ForgeHeader forged(int code) {
        int rest = code / 2;
        return new PscService.ForgeHeader(
                rest / numbers() / numbers(), rest / numbers() % numbers(), rest % numbers(), code % 2 != 0);
    }
}
