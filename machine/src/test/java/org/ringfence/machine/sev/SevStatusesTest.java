package org.ringfence.machine.sev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevCommand;
import org.ringfence.machine.sev.firmware.SevCommand.Activate;
import org.ringfence.machine.sev.firmware.SevCommand.LaunchUpdateData;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest.GuestCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * Which statuses each command of the firmware answers, without an RMP: those of {@code statuses.txt}, no more and no
 * less.
 */
class SevStatusesTest {
    private static final int STEPS = 200_000;

    private record Parts(Memory memory, SevFirmware firmware) {}

    private static List<SevCommand> commands() {
        List<SevCommand> commands = new ArrayList<>();
        for (PlatformCommand kind : PlatformCommand.values()) {
            commands.add(new OfPlatform(kind));
        }
        for (int handle = 0; handle <= 3; handle++) {
            for (GuestCommand kind : GuestCommand.values()) {
                commands.add(new OfGuest(kind, handle));
            }
            for (int asid = 0; asid <= 3; asid++) {
                commands.add(new Activate(handle, asid));
            }
            for (int frame = 0; frame < 2; frame++) {
                commands.add(new LaunchUpdateData(handle, new Frame(frame), 0, 16));
            }
            commands.add(new LaunchUpdateData(handle, new Frame(0), 8, 16));
            commands.add(new LaunchUpdateData(handle, new Frame(0), 0, 8));
        }
        return commands;
    }

    @Test
    void eachCommandAnswersTheStatusesOfItsRowAndNoOthers() {
        Layout.Placed<Parts> placed = Layout.of(Layout.Storage.PACKED, 2, 1, declaration -> {
            Memory memory = Memory.declare(declaration, new Geometry(2, 2, 1), 2);
            Asids asids = Asids.declare(declaration, 2, 2, 1, Guards.allOn());
            return new Parts(memory, SevFirmware.declare(declaration, memory, asids, 2, Guards.allOn()));
        });
        SevFirmware firmware = placed.machine().firmware();
        State state = placed.layout().newState();
        List<SevCommand> commands = commands();
        Set<String> found = new TreeSet<>();
        Random random = new Random(9);
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(4) == 0) {
                firmware.asids().flush(state, random.nextInt(2));
            }
            SevCommand command = commands.get(random.nextInt(commands.size()));
            boolean rare = command.equals(new OfPlatform(PlatformCommand.SHUTDOWN)) && random.nextInt(8) != 0;
            if (!rare) {
                SevStatus status = command.perform(state, firmware, Optional.of((at, frame) -> frame == 0));
                found.add("%s 0x%x".formatted(command.mnemonic(), status.number()));
            }
        }

        assertThat(found).isEqualTo(rows());
    }

    private static Set<String> rows() {
        try (InputStream in = Objects.requireNonNull(SevStatusesTest.class.getResourceAsStream("statuses.txt"))) {
            Set<String> rows = new TreeSet<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\\|"))
                    .forEach(row -> Arrays.stream(row[1].strip().split(" +"))
                            .forEach(status -> rows.add(row[0].strip() + " " + status)));
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
