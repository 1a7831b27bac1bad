;; The inner loops of the transition detector: averages of pictures, sums over pairs of them, and searches for movement.
;;
;; Memory: 0 to 63 results, 64 to 319 a block being looked for; the caller says where the rest lies. Numbers are 32-bit floats, and
;; all counts, widths and lengths of them are multiples of 4. A picture of half size has planes of 640 numbers (2560 bytes).
(module
  (memory (export "memory") 1)

  (func $sum (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))

  ;; Sum of |a - b|.
  (func (export "absolute") (param $a i32) (param $b i32) (param $count i32) (result f32)
    (local $end i32) (local $sum v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $sum
        (f32x4.add
          (local.get $sum)
          (f32x4.abs (f32x4.sub (v128.load (local.get $a)) (v128.load (local.get $b))))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end))))
    (call $sum (local.get $sum)))

  ;; Sum of (a - b)^2.
  (func (export "squared") (param $a i32) (param $b i32) (param $count i32) (result f32)
    (local $end i32) (local $sum v128) (local $way v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $way (f32x4.sub (v128.load (local.get $a)) (v128.load (local.get $b))))
      (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $way) (local.get $way))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end))))
    (call $sum (local.get $sum)))

  ;; Sum of a * b.
  (func (export "product") (param $a i32) (param $b i32) (param $count i32) (result f32)
    (local $end i32) (local $sum v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $sum
        (f32x4.add
          (local.get $sum)
          (f32x4.mul (v128.load (local.get $a)) (v128.load (local.get $b)))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end))))
    (call $sum (local.get $sum)))

  ;; Products of the steps p = b - a, q = c - b, r = d - c, s = e - d at 0: pp pq pr ps qq qr qs rr rs ss.
  (func (export "steps")
    (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $count i32)
    (local $at i32) (local $end i32)
    (local $here v128) (local $next v128)
    (local $p v128) (local $q v128) (local $r v128) (local $s v128)
    (local $pp v128) (local $pq v128) (local $pr v128) (local $ps v128) (local $qq v128)
    (local $qr v128) (local $qs v128) (local $rr v128) (local $rs v128) (local $ss v128)
    (local.set $end (i32.shl (local.get $count) (i32.const 2)))
    (loop $more
      (local.set $here (v128.load (i32.add (local.get $a) (local.get $at))))
      (local.set $next (v128.load (i32.add (local.get $b) (local.get $at))))
      (local.set $p (f32x4.sub (local.get $next) (local.get $here)))
      (local.set $here (v128.load (i32.add (local.get $c) (local.get $at))))
      (local.set $q (f32x4.sub (local.get $here) (local.get $next)))
      (local.set $next (v128.load (i32.add (local.get $d) (local.get $at))))
      (local.set $r (f32x4.sub (local.get $next) (local.get $here)))
      (local.set $here (v128.load (i32.add (local.get $e) (local.get $at))))
      (local.set $s (f32x4.sub (local.get $here) (local.get $next)))
      (local.set $pp (f32x4.add (local.get $pp) (f32x4.mul (local.get $p) (local.get $p))))
      (local.set $pq (f32x4.add (local.get $pq) (f32x4.mul (local.get $p) (local.get $q))))
      (local.set $pr (f32x4.add (local.get $pr) (f32x4.mul (local.get $p) (local.get $r))))
      (local.set $ps (f32x4.add (local.get $ps) (f32x4.mul (local.get $p) (local.get $s))))
      (local.set $qq (f32x4.add (local.get $qq) (f32x4.mul (local.get $q) (local.get $q))))
      (local.set $qr (f32x4.add (local.get $qr) (f32x4.mul (local.get $q) (local.get $r))))
      (local.set $qs (f32x4.add (local.get $qs) (f32x4.mul (local.get $q) (local.get $s))))
      (local.set $rr (f32x4.add (local.get $rr) (f32x4.mul (local.get $r) (local.get $r))))
      (local.set $rs (f32x4.add (local.get $rs) (f32x4.mul (local.get $r) (local.get $s))))
      (local.set $ss (f32x4.add (local.get $ss) (f32x4.mul (local.get $s) (local.get $s))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $more (i32.lt_u (local.get $at) (local.get $end))))
    (f32.store offset=0 (i32.const 0) (call $sum (local.get $pp)))
    (f32.store offset=4 (i32.const 0) (call $sum (local.get $pq)))
    (f32.store offset=8 (i32.const 0) (call $sum (local.get $pr)))
    (f32.store offset=12 (i32.const 0) (call $sum (local.get $ps)))
    (f32.store offset=16 (i32.const 0) (call $sum (local.get $qq)))
    (f32.store offset=20 (i32.const 0) (call $sum (local.get $qr)))
    (f32.store offset=24 (i32.const 0) (call $sum (local.get $qs)))
    (f32.store offset=28 (i32.const 0) (call $sum (local.get $rr)))
    (f32.store offset=32 (i32.const 0) (call $sum (local.get $rs)))
    (f32.store offset=36 (i32.const 0) (call $sum (local.get $ss))))

  ;; Sums of red, green and blue over the cells of one row of the grid. `rgb` is the first of `rows` picture rows of `stride` bytes,
  ;; `line` takes their sum in 16-bit numbers, `bounds` holds the first column of each of the `cells` cells and the column after the
  ;; last one of each, 32 bits each. Writes luma, blue and red difference of each cell.
  (func (export "cells")
    (param $rgb i32) (param $stride i32) (param $rows i32) (param $line i32) (param $bounds i32) (param $cells i32)
    (param $luma i32) (param $blueDifference i32) (param $redDifference i32)
    (local $at i32) (local $from i32) (local $row i32) (local $low v128) (local $high v128) (local $bytes v128)
    (local $end i32) (local $pixels f32) (local $r i32) (local $g i32) (local $b i32)
    (local $red f32) (local $blue f32) (local $y f32)
    (loop $columns
      (local.set $low (v128.const i32x4 0 0 0 0))
      (local.set $high (v128.const i32x4 0 0 0 0))
      (local.set $from (i32.add (local.get $rgb) (local.get $at)))
      (local.set $row (local.get $rows))
      (loop $down
        (local.set $bytes (v128.load (local.get $from)))
        (local.set $low (i16x8.add (local.get $low) (i16x8.extend_low_i8x16_u (local.get $bytes))))
        (local.set $high (i16x8.add (local.get $high) (i16x8.extend_high_i8x16_u (local.get $bytes))))
        (local.set $from (i32.add (local.get $from) (local.get $stride)))
        (br_if $down (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
      (local.set $from (i32.add (local.get $line) (i32.shl (local.get $at) (i32.const 1))))
      (v128.store (local.get $from) (local.get $low))
      (v128.store offset=16 (local.get $from) (local.get $high))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $columns (i32.lt_u (local.get $at) (local.get $stride))))
    (loop $next
      (local.set $at (i32.add (local.get $line) (i32.mul (i32.load (local.get $bounds)) (i32.const 6))))
      (local.set $end (i32.add (local.get $line) (i32.mul (i32.load offset=4 (local.get $bounds)) (i32.const 6))))
      (local.set $pixels
        (f32.convert_i32_u
          (i32.mul
            (local.get $rows)
            (i32.sub (i32.load offset=4 (local.get $bounds)) (i32.load (local.get $bounds))))))
      (local.set $r (i32.const 0))
      (local.set $g (i32.const 0))
      (local.set $b (i32.const 0))
      (loop $across
        (local.set $r (i32.add (local.get $r) (i32.load16_u (local.get $at))))
        (local.set $g (i32.add (local.get $g) (i32.load16_u offset=2 (local.get $at))))
        (local.set $b (i32.add (local.get $b) (i32.load16_u offset=4 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 6)))
        (br_if $across (i32.lt_u (local.get $at) (local.get $end))))
      (local.set $red (f32.div (f32.convert_i32_u (local.get $r)) (local.get $pixels)))
      (local.set $blue (f32.div (f32.convert_i32_u (local.get $b)) (local.get $pixels)))
      (local.set $y
        (f32.add
          (f32.add
            (f32.mul (local.get $red) (f32.const 0.299))
            (f32.mul (f32.div (f32.convert_i32_u (local.get $g)) (local.get $pixels)) (f32.const 0.587)))
          (f32.mul (local.get $blue) (f32.const 0.114))))
      (f32.store (local.get $luma) (local.get $y))
      (f32.store
        (local.get $blueDifference)
        (f32.mul (f32.sub (local.get $blue) (local.get $y)) (f32.const 0.564)))
      (f32.store
        (local.get $redDifference)
        (f32.mul (f32.sub (local.get $red) (local.get $y)) (f32.const 0.713)))
      (local.set $bounds (i32.add (local.get $bounds) (i32.const 8)))
      (local.set $luma (i32.add (local.get $luma) (i32.const 4)))
      (local.set $blueDifference (i32.add (local.get $blueDifference) (i32.const 4)))
      (local.set $redDifference (i32.add (local.get $redDifference) (i32.const 4)))
      (br_if $next (local.tee $cells (i32.sub (local.get $cells) (i32.const 1))))))

  ;; Means over 2 by 2 cells of a plane, `width` a multiple of 8.
  (func (export "halve") (param $from i32) (param $to i32) (param $width i32) (param $height i32)
    (local $stride i32) (local $end i32) (local $left v128) (local $right v128)
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (loop $rows
      (local.set $end (i32.add (local.get $from) (local.get $stride)))
      (loop $columns
        (local.set $left
          (f32x4.add
            (v128.load (local.get $from))
            (v128.load (i32.add (local.get $from) (local.get $stride)))))
        (local.set $right
          (f32x4.add
            (v128.load offset=16 (local.get $from))
            (v128.load offset=16 (i32.add (local.get $from) (local.get $stride)))))
        (v128.store
          (local.get $to)
          (f32x4.mul
            (v128.const f32x4 0.25 0.25 0.25 0.25)
            (f32x4.add
              (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $left) (local.get $right))
              (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $left) (local.get $right)))))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (br_if $columns (i32.lt_u (local.get $from) (local.get $end))))
      (local.set $from (i32.add (local.get $from) (local.get $stride)))
      (br_if $rows (local.tee $height (i32.sub (local.get $height) (i32.const 2))))))

  ;; A plane of half size averaged over four rows at `across`, and over four columns at `down`, there column by column.
  (func (export "strips") (param $from i32) (param $across i32) (param $down i32) (param $width i32) (param $height i32)
    (local $stride i32) (local $x i32) (local $y i32) (local $at i32) (local $to i32)
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $at (local.get $from))
    (loop $rows
      (local.set $x (i32.const 0))
      (local.set $to (i32.add (local.get $down) (i32.shl (local.get $y) (i32.const 2))))
      (loop $columns
        (f32.store (local.get $to) (f32.mul (f32.const 0.25) (call $sum (v128.load (local.get $at)))))
        (local.set $to (i32.add (local.get $to) (i32.shl (local.get $height) (i32.const 2))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $columns (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $width))))
      (br_if $rows (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))
    (local.set $y (i32.const 0))
    (loop $strips
      (local.set $x (i32.const 0))
      (loop $places
        (v128.store
          (local.get $across)
          (f32x4.mul
            (v128.const f32x4 0.25 0.25 0.25 0.25)
            (f32x4.add
              (f32x4.add
                (v128.load (local.get $from))
                (v128.load (i32.add (local.get $from) (local.get $stride))))
              (f32x4.add
                (v128.load (i32.add (local.get $from) (i32.shl (local.get $stride) (i32.const 1))))
                (v128.load (i32.add (local.get $from) (i32.mul (local.get $stride) (i32.const 3))))))))
        (local.set $across (i32.add (local.get $across) (i32.const 16)))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br_if $places (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $width))))
      (local.set $from (i32.add (local.get $from) (i32.mul (local.get $stride) (i32.const 3))))
      (br_if $strips (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 4))) (local.get $height)))))

  ;; Sum of (value - mean)^2.
  (func (export "spread") (param $at i32) (param $mean f32) (param $count i32) (result f32)
    (local $end i32) (local $way v128) (local $sum v128)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $way (f32x4.sub (v128.load (local.get $at)) (f32x4.splat (local.get $mean))))
      (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $way) (local.get $way))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (call $sum (local.get $sum)))

  ;; Sum of values.
  (func (export "total") (param $at i32) (param $count i32) (result f32)
    (local $end i32) (local $sum v128)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $sum (f32x4.add (local.get $sum) (v128.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (call $sum (local.get $sum)))

  ;; (value - mean) * scale.
  (func (export "normalise") (param $at i32) (param $to i32) (param $mean f32) (param $scale f32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (v128.store
        (local.get $to)
        (f32x4.mul
          (f32x4.sub (v128.load (local.get $at)) (f32x4.splat (local.get $mean)))
          (f32x4.splat (local.get $scale))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Adds `part` to the bin of each value: 32 bins over 0 to 255.
  (func (export "histogram") (param $at i32) (param $bins i32) (param $part f32) (param $count i32)
    (local $end i32) (local $bin i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $bin
        (i32.add
          (local.get $bins)
          (i32.and (i32.shr_u (i32.trunc_f32_u (f32.load (local.get $at))) (i32.const 1)) (i32.const 124))))
      (f32.store (local.get $bin) (f32.add (f32.load (local.get $bin)) (local.get $part)))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Mean of |to - from| over the part that both show when `to` looks (dx, dy) cells further; every other row. Gives up, and answers with
  ;; what is no less than `limit`, as soon as that is sure.
  (func $shifted
    (param $from i32) (param $to i32) (param $width i32) (param $height i32) (param $dx i32) (param $dy i32) (param $limit f32)
    (result f32)
    (local $columns i32) (local $rows i32) (local $first i32) (local $stride i32)
    (local $at i32) (local $end i32) (local $whole i32) (local $sum f32) (local $four v128) (local $count f32)
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $columns
      (i32.sub (local.get $width) (select (local.get $dx) (i32.sub (i32.const 0) (local.get $dx)) (i32.gt_s (local.get $dx) (i32.const 0)))))
    (local.set $rows
      (i32.sub (local.get $height) (select (local.get $dy) (i32.sub (i32.const 0) (local.get $dy)) (i32.gt_s (local.get $dy) (i32.const 0)))))
    (local.set $rows (i32.shr_u (i32.add (local.get $rows) (i32.const 1)) (i32.const 1)))
    (local.set $count (f32.convert_i32_u (i32.mul (local.get $rows) (local.get $columns))))
    (local.set $limit (f32.mul (local.get $limit) (local.get $count)))
    ;; `to` begins at (max(0, -dx), max(0, -dy)), `from` at (max(0, dx), max(0, dy)).
    (if (i32.lt_s (local.get $dx) (i32.const 0))
      (then (local.set $to (i32.sub (local.get $to) (i32.shl (local.get $dx) (i32.const 2)))))
      (else (local.set $from (i32.add (local.get $from) (i32.shl (local.get $dx) (i32.const 2))))))
    (if (i32.lt_s (local.get $dy) (i32.const 0))
      (then (local.set $to (i32.sub (local.get $to) (i32.mul (local.get $dy) (local.get $stride)))))
      (else (local.set $from (i32.add (local.get $from) (i32.mul (local.get $dy) (local.get $stride))))))
    (local.set $whole (i32.shl (i32.and (local.get $columns) (i32.const -4)) (i32.const 2)))
    (local.set $end (i32.shl (local.get $columns) (i32.const 2)))
    (block $enough
      (loop $down
        (local.set $at (i32.const 0))
        (local.set $four (v128.const f32x4 0 0 0 0))
        (loop $across
          (local.set $four
            (f32x4.add
              (local.get $four)
              (f32x4.abs
                (f32x4.sub
                  (v128.load (i32.add (local.get $to) (local.get $at)))
                  (v128.load (i32.add (local.get $from) (local.get $at)))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $across (i32.lt_u (local.get $at) (local.get $whole))))
        (local.set $sum (f32.add (local.get $sum) (call $sum (local.get $four))))
        (block $rest
          (loop $one
            (br_if $rest (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $sum
              (f32.add
                (local.get $sum)
                (f32.abs
                  (f32.sub
                    (f32.load (i32.add (local.get $to) (local.get $at)))
                    (f32.load (i32.add (local.get $from) (local.get $at)))))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $one)))
        (br_if $enough (f32.ge (local.get $sum) (local.get $limit)))
        (local.set $to (i32.add (local.get $to) (i32.shl (local.get $stride) (i32.const 1))))
        (local.set $from (i32.add (local.get $from) (i32.shl (local.get $stride) (i32.const 1))))
        (br_if $down (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))
    (f32.div (local.get $sum) (local.get $count)))

  ;; Looks for the best shift of a whole picture. At 0: difference without a shift and with it; at 8 the shift in cells, 32-bit integers.
  (func (export "shift")
    (param $from i32) (param $to i32) (param $width i32) (param $height i32) (param $reachX i32) (param $reachY i32)
    (local $x i32) (local $y i32) (local $best f32) (local $here f32)
    (local.set $best
      (call $shifted
        (local.get $from) (local.get $to) (local.get $width) (local.get $height)
        (i32.const 0) (i32.const 0) (f32.const inf)))
    (f32.store offset=0 (i32.const 0) (local.get $best))
    (i32.store offset=8 (i32.const 0) (i32.const 0))
    (i32.store offset=12 (i32.const 0) (i32.const 0))
    (local.set $y (i32.sub (i32.const 0) (local.get $reachY)))
    (loop $rows
      (local.set $x (i32.sub (i32.const 0) (local.get $reachX)))
      (loop $columns
        (local.set $here
          (call $shifted
            (local.get $from) (local.get $to) (local.get $width) (local.get $height)
            (local.get $x) (local.get $y) (local.get $best)))
        (if (f32.lt (local.get $here) (local.get $best))
          (then
            (local.set $best (local.get $here))
            (i32.store offset=8 (i32.const 0) (local.get $x))
            (i32.store offset=12 (i32.const 0) (local.get $y))))
        (br_if $columns (i32.le_s (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $reachX))))
      (br_if $rows (i32.le_s (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $reachY))))
    (f32.store offset=4 (i32.const 0) (local.get $best)))

  ;; Least sum of absolute differences between the block of 4 by 4 cells at `block` and those of `from` whose upper left cells lie in the
  ;; given columns and rows, first and last included; four places at a time, so that a few more may be looked at. No more than `best`.
  (func (export "block")
    (param $from i32) (param $block i32) (param $width i32)
    (param $left i32) (param $right i32) (param $top i32) (param $bottom i32) (param $best f32)
    (result f32)
    (local $stride i32) (local $x i32) (local $at i32) (local $row i32) (local $cell i32)
    (local $least v128) (local $sum v128)
    (if (i32.or (i32.gt_s (local.get $left) (local.get $right)) (i32.gt_s (local.get $top) (local.get $bottom)))
      (then (return (local.get $best))))
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $least (f32x4.splat (local.get $best)))
    (local.set $row (i32.const 64))
    (loop $keep
      (v128.store offset=0 (local.get $row) (v128.load32_splat offset=0 (local.get $block)))
      (v128.store offset=16 (local.get $row) (v128.load32_splat offset=4 (local.get $block)))
      (v128.store offset=32 (local.get $row) (v128.load32_splat offset=8 (local.get $block)))
      (v128.store offset=48 (local.get $row) (v128.load32_splat offset=12 (local.get $block)))
      (local.set $block (i32.add (local.get $block) (local.get $stride)))
      (br_if $keep (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 64))) (i32.const 320))))
    (loop $rows
      (local.set $x (local.get $left))
      (loop $columns
        ;; The last four places may lie over those before them.
        (local.set $cell (i32.sub (local.get $right) (i32.const 3)))
        (local.set $cell (select (local.get $x) (local.get $cell) (i32.lt_s (local.get $x) (local.get $cell))))
        (local.set $cell (select (local.get $cell) (i32.const 0) (i32.gt_s (local.get $cell) (i32.const 0))))
        (local.set $at
          (i32.add
            (local.get $from)
            (i32.add
              (i32.mul (local.get $top) (local.get $stride))
              (i32.shl (local.get $cell) (i32.const 2)))))
        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $row (i32.const 64))
        (block $worse
          (loop $down
            (local.set $sum
              (f32x4.add
                (local.get $sum)
                (f32x4.add
                  (f32x4.add
                    (f32x4.abs (f32x4.sub (v128.load offset=0 (local.get $at)) (v128.load offset=0 (local.get $row))))
                    (f32x4.abs (f32x4.sub (v128.load offset=4 (local.get $at)) (v128.load offset=16 (local.get $row)))))
                  (f32x4.add
                    (f32x4.abs (f32x4.sub (v128.load offset=8 (local.get $at)) (v128.load offset=32 (local.get $row))))
                    (f32x4.abs (f32x4.sub (v128.load offset=12 (local.get $at)) (v128.load offset=48 (local.get $row))))))))
            (br_if $worse (i32.eqz (v128.any_true (f32x4.lt (local.get $sum) (local.get $least)))))
            (local.set $at (i32.add (local.get $at) (local.get $stride)))
            (br_if $down (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 64))) (i32.const 320))))
          (local.set $best
            (f32.min
              (f32.min (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
              (f32.min (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))
          (local.set $least (f32x4.splat (local.get $best))))
        (br_if $columns (i32.le_s (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $right))))
      (br_if $rows (i32.le_s (local.tee $top (i32.add (local.get $top) (i32.const 1))) (local.get $bottom))))
    (local.get $best))

  ;; Adds up the differences of one picture of half size to an old and a new one: by column at `sums` and `sums` + 128, by row at
  ;; `sums` + 256 and + 384; all start as zeros. `fresh` holds for each cell whether it was new before. At 0: sum of the lesser
  ;; differences; at 4 cells that are nearer to the new picture, at 8 those that turned back, as floats.
  (func (export "parts")
    (param $old i32) (param $new i32) (param $at i32) (param $columns i32) (param $rows i32) (param $sums i32) (param $fresh i32)
    (local $column i32) (local $place i32) (local $toOld v128) (local $toNew v128) (local $f v128)
    (local $rowOld v128) (local $rowNew v128) (local $lesser v128) (local $isNew v128) (local $isOld v128)
    (local $count v128) (local $reverted v128) (local $was v128) (local $row i32)
    (local.set $row (local.get $sums))
    (loop $down
      (local.set $column (i32.const 0))
      (local.set $rowOld (v128.const f32x4 0 0 0 0))
      (local.set $rowNew (v128.const f32x4 0 0 0 0))
      (loop $across
        (local.set $f (v128.load (local.get $at)))
        (local.set $toOld (f32x4.abs (f32x4.sub (local.get $f) (v128.load (local.get $old)))))
        (local.set $toNew (f32x4.abs (f32x4.sub (local.get $f) (v128.load (local.get $new)))))
        (local.set $f (v128.load offset=2560 (local.get $at)))
        (local.set $toOld (f32x4.add (local.get $toOld) (f32x4.abs (f32x4.sub (local.get $f) (v128.load offset=2560 (local.get $old))))))
        (local.set $toNew (f32x4.add (local.get $toNew) (f32x4.abs (f32x4.sub (local.get $f) (v128.load offset=2560 (local.get $new))))))
        (local.set $f (v128.load offset=5120 (local.get $at)))
        (local.set $toOld (f32x4.add (local.get $toOld) (f32x4.abs (f32x4.sub (local.get $f) (v128.load offset=5120 (local.get $old))))))
        (local.set $toNew (f32x4.add (local.get $toNew) (f32x4.abs (f32x4.sub (local.get $f) (v128.load offset=5120 (local.get $new))))))
        (local.set $place (i32.add (local.get $sums) (i32.shl (local.get $column) (i32.const 2))))
        (v128.store offset=0 (local.get $place) (f32x4.add (local.get $toOld) (v128.load offset=0 (local.get $place))))
        (v128.store offset=128 (local.get $place) (f32x4.add (local.get $toNew) (v128.load offset=128 (local.get $place))))
        (local.set $rowOld (f32x4.add (local.get $rowOld) (local.get $toOld)))
        (local.set $rowNew (f32x4.add (local.get $rowNew) (local.get $toNew)))
        (local.set $lesser (f32x4.add (local.get $lesser) (f32x4.pmin (local.get $toOld) (local.get $toNew))))
        (local.set $isNew (f32x4.lt (local.get $toNew) (local.get $toOld)))
        (local.set $isOld (f32x4.lt (local.get $toOld) (local.get $toNew)))
        (local.set $was (v128.load (local.get $fresh)))
        (local.set $count (i32x4.sub (local.get $count) (local.get $isNew)))
        (local.set $reverted (i32x4.sub (local.get $reverted) (v128.and (local.get $was) (local.get $isOld))))
        (v128.store
          (local.get $fresh)
          (v128.andnot (v128.or (local.get $was) (local.get $isNew)) (local.get $isOld)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $old (i32.add (local.get $old) (i32.const 16)))
        (local.set $new (i32.add (local.get $new) (i32.const 16)))
        (local.set $fresh (i32.add (local.get $fresh) (i32.const 16)))
        (br_if $across (i32.lt_u (local.tee $column (i32.add (local.get $column) (i32.const 4))) (local.get $columns))))
      (f32.store offset=256 (local.get $row) (call $sum (local.get $rowOld)))
      (f32.store offset=384 (local.get $row) (call $sum (local.get $rowNew)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $down (local.get $rows)))
    (f32.store offset=0 (i32.const 0) (call $sum (local.get $lesser)))
    (f32.store offset=4 (i32.const 0) (call $sum (f32x4.convert_i32x4_s (local.get $count))))
    (f32.store offset=8 (i32.const 0) (call $sum (f32x4.convert_i32x4_s (local.get $reverted)))))

  ;; Lays strips of `length` numbers of two pictures side by side: first, second and first again, strip after strip.
  (func (export "join") (param $first i32) (param $second i32) (param $to i32) (param $length i32) (param $strips i32)
    (local $bytes i32)
    (local.set $bytes (i32.shl (local.get $length) (i32.const 2)))
    (loop $next
      (memory.copy (local.get $to) (local.get $first) (local.get $bytes))
      (local.set $to (i32.add (local.get $to) (local.get $bytes)))
      (memory.copy (local.get $to) (local.get $second) (local.get $bytes))
      (local.set $to (i32.add (local.get $to) (local.get $bytes)))
      (memory.copy (local.get $to) (local.get $first) (local.get $bytes))
      (local.set $to (i32.add (local.get $to) (local.get $bytes)))
      (local.set $first (i32.add (local.get $first) (local.get $bytes)))
      (local.set $second (i32.add (local.get $second) (local.get $bytes)))
      (br_if $next (local.tee $strips (i32.sub (local.get $strips) (i32.const 1))))))

  ;; Looks in joined strips for the ones of a picture, at offsets from `first` up to before `end`. Answers with the least sum of
  ;; absolute differences; at 0 the offset, a 32-bit integer.
  (func (export "slide")
    (param $picture i32) (param $joined i32) (param $length i32) (param $strips i32) (param $first i32) (param $end i32)
    (result f32)
    (local $best f32) (local $sum v128) (local $here f32) (local $at i32) (local $from i32) (local $strip i32) (local $stop i32)
    (local $bytes i32)
    (local.set $best (f32.const inf))
    (local.set $bytes (i32.shl (local.get $length) (i32.const 2)))
    (loop $offsets
      (local.set $at (local.get $picture))
      (local.set $from (i32.add (local.get $joined) (i32.shl (local.get $first) (i32.const 2))))
      (local.set $strip (local.get $strips))
      (local.set $here (f32.const 0))
      (block $worse
        (loop $down
          (local.set $stop (i32.add (local.get $at) (local.get $bytes)))
          (local.set $sum (v128.const f32x4 0 0 0 0))
          (loop $along
            (local.set $sum
              (f32x4.add
                (local.get $sum)
                (f32x4.abs (f32x4.sub (v128.load (local.get $at)) (v128.load (local.get $from))))))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (br_if $along (i32.lt_u (local.get $at) (local.get $stop))))
          (local.set $here (f32.add (local.get $here) (call $sum (local.get $sum))))
          (br_if $worse (f32.ge (local.get $here) (local.get $best)))
          (local.set $from (i32.add (local.get $from) (i32.shl (local.get $bytes) (i32.const 1))))
          (br_if $down (local.tee $strip (i32.sub (local.get $strip) (i32.const 1)))))
        (local.set $best (local.get $here))
        (i32.store (i32.const 0) (local.get $first)))
      (br_if $offsets (i32.lt_u (local.tee $first (i32.add (local.get $first) (i32.const 1))) (local.get $end))))
    (local.get $best))
)
