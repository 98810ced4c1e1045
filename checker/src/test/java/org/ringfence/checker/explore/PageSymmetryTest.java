package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/** Random states whose pages and frames name each other in all the ways there are. */
class PageSymmetryTest {
    private static final int FIRST_ALIKE = 1;

    private record Views(
            Bounded page, FrameRef mapped, Bounded content, FrameRef link, Bounded of, Bounded one, FrameRef held,
            Bits set) {
        int pages() {
            return page.cells().count();
        }

        int frames() {
            return content.cells().count();
        }
    }

    private static Layout.Placed<Views> placed(int pages, int frames) {
        return Layout.of(Layout.Storage.PACKED, frames, 1, declaration -> {
            Table perPage = declaration.perPage("page", pages);
            Table perFrame = declaration.perFrame("frame");
            Table single = declaration.single("single");
            return new Views(
                    perPage.bounded("bits", 2),
                    perPage.frame("frame"),
                    perFrame.bounded("content", 2),
                    perFrame.frame("link"),
                    perFrame.page("page", pages - 1),
                    single.pageFrom("one", 1, pages + 1),
                    single.frame("held"),
                    single.pageSet("set", pages));
        });
    }

    @Test
    void allRenamingsOfAStateHaveOneRepresentativeAndItIsCountedForAsManyAsDiffer() {
        SplittableRandom random = new SplittableRandom(17);
        for (int s = 0; s < 3_000; s++) {
            Layout.Placed<Views> placed = placed(FIRST_ALIKE + 2 + random.nextInt(3), 1 + random.nextInt(4));
            Views views = placed.machine();
            FrameSymmetry frames = FrameSymmetry.of(placed.layout(), List.of());
            Symmetry pages = PageSymmetry.of(
                    placed.layout(),
                    placed.layout().newState(),
                    frames,
                    views.pages(),
                    IntStream.range(FIRST_ALIKE, views.pages()).boxed().toList());
            assertThat(pages).isInstanceOf(PageSymmetry.class);
            State state = placed.layout().newState();
            draw(random, state, views);
            Set<String> representatives = new HashSet<>();
            Set<String> renamings = new HashSet<>();
            Set<String> differByPages = new HashSet<>();
            State representative = state;
            for (int[] page : orders(FIRST_ALIKE, views.pages())) {
                for (int[] frame : orders(0, views.frames())) {
                    State renamed = renamed(state, placed, page, frame);
                    renamings.add(Arrays.toString(renamed.words()));
                    State byFrames = renamed.snapshot();
                    frames.canonicalise(byFrames);
                    differByPages.add(Arrays.toString(byFrames.words()));
                    pages.canonicalise(renamed);
                    representatives.add(Arrays.toString(renamed.words()));
                    representative = renamed;
                }
            }
            String what = String.join("\n", placed.layout().describe(state));
            assertThat(representatives).as(what).hasSize(1);
            assertThat(renamings).as(what).containsAll(representatives);
            assertThat(pages.size(representative)).as(what).isEqualTo(differByPages.size());
        }
    }

    @Test
    void pagesThatTheFirstStateTellsApartAreKeptApart() {
        Layout.Placed<Views> placed = placed(4, 2);
        State initial = placed.layout().newState();
        placed.machine().page.set(initial, 2, 1);
        Symmetry symmetry = PageSymmetry.of(placed.layout(), initial, null, 4, List.of(0, 1, 2, 3));
        // A frame's page is 0 in the first state, so that page 0 is named by each.
        assertThat(Objects.requireNonNull((PageSymmetry) symmetry).alike()).containsExactly(1, 3);
    }

    @Test
    void pagesOfWhichATableHasSeveralEntriesAreKeptApart() {
        Layout layout = Layout.of(Layout.Storage.PACKED, 1, 1, declaration -> declaration
                .perPageAndMore("TLB", "CPU and page", 6)
                .flag("valid"))
                .layout();
        assertThat(PageSymmetry.of(layout, layout.newState(), null, 3, List.of(0, 1, 2))).isNull();
    }

    private static void draw(SplittableRandom random, State state, Views views) {
        int often = 1 + random.nextInt(4);
        for (int p = 0; p < views.pages(); p++) {
            views.page.set(state, p, random.nextInt(often) == 0 ? random.nextInt(3) : 0);
            views.mapped.set(state, p, random.nextInt(often) == 0 ? random.nextInt(views.frames()) : -1);
        }
        for (int f = 0; f < views.frames(); f++) {
            views.content.set(state, f, random.nextInt(often) == 0 ? random.nextInt(3) : 0);
            views.link.set(state, f, random.nextInt(often) == 0 ? random.nextInt(views.frames()) : -1);
            views.of.set(state, f, random.nextInt(often) == 0 ? random.nextInt(views.pages()) : 0);
        }
        views.one.set(state, random.nextInt(3) == 0 ? random.nextInt(views.pages() + 2) : 0);
        views.held.set(state, random.nextInt(3) == 0 ? random.nextInt(views.frames()) : -1);
        views.set.set(state, 0, random.nextInt(2) == 0 ? random.nextInt(1 << views.pages()) : 0);
    }

    private static State renamed(State state, Layout.Placed<Views> placed, int[] page, int[] frame) {
        Views views = placed.machine();
        State renamed = placed.layout().newState();
        long set = 0;
        for (int p = 0; p < page.length; p++) {
            views.page.set(renamed, page[p], views.page.get(state, p));
            views.mapped.set(renamed, page[p], renamed(views.mapped.get(state, p), frame));
            set |= (views.set.get(state, 0) >> p & 1) << page[p];
        }
        for (int f = 0; f < frame.length; f++) {
            views.content.set(renamed, frame[f], views.content.get(state, f));
            views.link.set(renamed, frame[f], renamed(views.link.get(state, f), frame));
            views.of.set(renamed, frame[f], page[views.of.get(state, f)]);
        }
        int one = views.one.get(state);
        views.one.set(renamed, one == 0 || one > page.length ? one : 1 + page[one - 1]);
        views.held.set(renamed, renamed(views.held.get(state), frame));
        views.set.set(renamed, 0, set);
        return renamed;
    }

    private static int renamed(int frame, int[] name) {
        return frame < 0 ? frame : name[frame];
    }

    /** Every order of the numbers from {@code first} to {@code count - 1}, those before it left where they are. */
    private static List<int[]> orders(int first, int count) {
        List<List<Integer>> orders = new ArrayList<>(List.of(List.of()));
        for (int i = first; i < count; i++) {
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> order : orders) {
                for (int at = 0; at <= order.size(); at++) {
                    List<Integer> one = new ArrayList<>(order);
                    one.add(at, i);
                    longer.add(one);
                }
            }
            orders = longer;
        }
        return orders.stream()
                .map(order -> IntStream.range(0, count)
                        .map(i -> i < first ? i : order.get(i - first))
                        .toArray())
                .toList();
    }
}
