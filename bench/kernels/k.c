// The typed kernels in C. For wasmi they are compiled freestanding to wasm32 (`bench/run setup` has the command); with
// any native C compiler the file is a program that prints its own rows, as an upper bound.
// Every kernel answers with the same checksum as in kernels.lua.
typedef long long i64; typedef unsigned char u8; typedef unsigned int u32;
#define EX(n) __attribute__((export_name(#n)))
#ifndef __wasm__
#undef EX
#define EX(n)
#endif
extern unsigned char __heap_base;
static u8 mem_[ (1<<24) ] __attribute__((aligned(16)));
__attribute__((noinline)) static i64 fib_(i64 n){ return n<2? n: fib_(n-1)+fib_(n-2);}
EX(fib) i64 k_fib(i64 n){ return fib_(n);} 
EX(loop) i64 k_loop(i64 n){ i64 x=42; for(i64 i=0;i<n;i++) x=(x*3877+29573)%139968; return x; }
EX(sieve) i64 k_sieve(i64 n){ u8*f=mem_; for(i64 i=0;i<=n;i++) f[i]=1; i64 c=0; for(i64 i=2;i<=n;i++) if(f[i]){c++; for(i64 j=i+i;j<=n;j+=i) f[j]=0;} return c; }
typedef struct {double x,y,z,vx,vy,vz,m;} Bd;
static Bd B[5];
static void mk(int i,double x,double y,double z,double vx,double vy,double vz,double m,double SM){ double DP=365.24; B[i].x=x;B[i].y=y;B[i].z=z;B[i].vx=vx*DP;B[i].vy=vy*DP;B[i].vz=vz*DP;B[i].m=m*SM; }
EX(nbody) i64 k_nbody(i64 n){ double PI=3.141592653589793,SM=4*PI*PI;
 mk(0,0,0,0,0,0,0,1.0,SM);
 mk(1,4.84143144246472090,-1.16032004402742839,-0.103622044471123109,0.00166007664274403694,0.00769901118419740425,-0.0000690460016972063023,0.000954791938424326609,SM);
 mk(2,8.34336671824457987,4.12479856412430479,-0.403523417114321381,-0.00276742510726411180,0.00499852801234917238,0.0000230417297573763929,0.000285885980666130812,SM);
 mk(3,12.8943695621391310,-15.1111514016986312,-0.223307578892655734,0.00296460137564761618,0.00237847173959480950,-0.0000296589568540237556,0.0000436624404335156298,SM);
 mk(4,15.3796971148509165,-25.9193146099879641,0.179258772950371181,0.00268067772490389322,0.00162824170038242295,-0.0000951592254519715870,0.0000515138902046611451,SM);
 double px=0,py=0,pz=0; for(int i=0;i<5;i++){px+=B[i].vx*B[i].m;py+=B[i].vy*B[i].m;pz+=B[i].vz*B[i].m;} B[0].vx=-px/SM;B[0].vy=-py/SM;B[0].vz=-pz/SM;
 double dt=0.01;
 for(i64 k=0;k<n;k++){ for(int i=0;i<5;i++) for(int j=i+1;j<5;j++){ Bd*a=&B[i],*b=&B[j]; double dx=a->x-b->x,dy=a->y-b->y,dz=a->z-b->z; double d2=dx*dx+dy*dy+dz*dz; double mag=dt/(d2*__builtin_sqrt(d2));
   a->vx-=dx*b->m*mag;a->vy-=dy*b->m*mag;a->vz-=dz*b->m*mag;b->vx+=dx*a->m*mag;b->vy+=dy*a->m*mag;b->vz+=dz*a->m*mag; }
  for(int i=0;i<5;i++){B[i].x+=dt*B[i].vx;B[i].y+=dt*B[i].vy;B[i].z+=dt*B[i].vz;} }
 double e=0; for(int i=0;i<5;i++){ e+=0.5*B[i].m*(B[i].vx*B[i].vx+B[i].vy*B[i].vy+B[i].vz*B[i].vz); for(int j=i+1;j<5;j++){ double dx=B[i].x-B[j].x,dy=B[i].y-B[j].y,dz=B[i].z-B[j].z; e-=B[i].m*B[j].m/__builtin_sqrt(dx*dx+dy*dy+dz*dz);} }
 return (i64)__builtin_floor(e*1e9); }
static double A(i64 i,i64 j){ double ij=i+j; return 1.0/(ij*(ij+1)/2+i+1);} 
static void Av(double*x,double*y,i64 n){ for(i64 i=0;i<n;i++){ double a=0; for(i64 j=0;j<n;j++) a+=x[j]*A(i,j); y[i]=a; } }
static void Atv(double*x,double*y,i64 n){ for(i64 i=0;i<n;i++){ double a=0; for(i64 j=0;j<n;j++) a+=x[j]*A(j,i); y[i]=a; } }
EX(spectral) i64 k_spectral(i64 n){ double*u=(double*)mem_,*v=u+n,*t=v+n; for(i64 i=0;i<n;i++){u[i]=1;v[i]=0;} for(int i=0;i<10;i++){Av(u,t,n);Atv(t,v,n);Av(v,t,n);Atv(t,u,n);} double p=0,q=0; for(i64 i=0;i<n;i++){p+=u[i]*v[i];q+=v[i]*v[i];} return (i64)__builtin_floor(__builtin_sqrt(p/q)*1e9); }
EX(mandel) i64 k_mandel(i64 n){ i64 c=0; for(i64 py=0;py<n;py++){ double ci=2.0*py/n-1.0; for(i64 px=0;px<n;px++){ double cr=2.0*px/n-1.5,zr=0,zi=0; i64 k=0; while(k<50){ double r2=zr*zr,i2=zi*zi; if(r2+i2>4.0)break; zi=2.0*zr*zi+ci; zr=r2-i2+cr; k++; } c+=k; } } return c; }
typedef struct T{struct T*l,*r;} T; static u32 bump; static T* al(void){ T*t=(T*)(mem_+bump); bump+=sizeof(T); return t; }
static T* bt(int d){ T*t; if(d==0){t=al();t->l=0;t->r=0;return t;} T*l=bt(d-1),*r=bt(d-1); t=al(); t->l=l;t->r=r; return t; }
static i64 chk(T*t){ return t->l? 1+chk(t->l)+chk(t->r):1; }
EX(bintree) i64 k_bintree(i64 n){ bump=0; T*lg=bt(n); u32 mark=bump; i64 tot=0; for(i64 d=4;d<=n;d+=2){ i64 it=1LL<<(n-d+4),s=0; for(i64 i=0;i<it;i++){ bump=mark; s+=chk(bt(d)); } tot+=s; } return tot+chk(lg); }
typedef struct S S; struct S{ double(*area)(S*); double a,b; }; static double sq(S*s){return s->a*s->a;} static double re(S*s){return s->a*s->b;} static double tr(S*s){return s->a*s->b*0.5;}
static S sh[30];
EX(dispatch) i64 k_dispatch(i64 n){ for(int i=0;i<30;i++){ int k=i%3; sh[i].area=k==0?sq:k==1?re:tr; sh[i].a=i; sh[i].b=k==1?2:4; } double s=0; int j=0; for(i64 i=0;i<n;i++){ s+=sh[j].area(&sh[j]); j++; if(j==30)j=0; } return (i64)s; }
EX(fannkuch) i64 k_fannkuch(i64 n){ int p[16],q[16],s[16]; i64 sign=1,maxf=0,sum=0; for(int i=0;i<16;i++){p[i]=i;q[i]=i;s[i]=i;} p[n+1]=0;
 for(;;){ int q0=p[1]; if(q0!=1){ for(int i=2;i<=n;i++)q[i]=p[i]; i64 fl=1; for(;;){ int qq=q[q0]; if(qq==1){sum+=sign*fl; if(fl>maxf)maxf=fl; break;} q[q0]=q0; if(q0>=4){int i=2,j=q0-1; do{int t=q[i];q[i]=q[j];q[j]=t;i++;j--;}while(i<j);} q0=qq; fl++; } }
  if(sign==1){int t=p[1];p[1]=p[2];p[2]=t;sign=-1;} else { int t=p[2];p[2]=p[3];p[3]=t;sign=1; for(int i=3;i<=n;i++){ int sx=s[i]; if(sx!=1){s[i]=sx-1;break;} if(i==n) return sum*100+maxf; s[i]=i; t=p[1]; for(int j=1;j<=i;j++)p[j]=p[j+1]; p[i+1]=t; } } } }
#ifdef __wasm__
__attribute__((import_module("h"),import_name("add"))) i64 h_add(i64,i64);
__attribute__((import_module("h"),import_name("emit"))) void h_emit(u32,u32);
EX(ffi) i64 k_ffi(i64 n){ i64 s=0; for(i64 i=0;i<n;i++) s=h_add(s,1); return s; }
EX(empty) void k_empty(void){}
EX(add2) i64 k_add2(i64 a,i64 b){return a+b;}
EX(buf) u32 k_buf(void){ return (u32)(unsigned long)mem_; }
EX(on_line) void k_on_line(u32 p,u32 n){ u8*s=(u8*)(unsigned long)p; if(n<5) return; for(u32 i=0;i+5<=n;i++) if(s[i]=='E'&&s[i+1]=='R'&&s[i+2]=='R'&&s[i+3]=='O'&&s[i+4]=='R'){ h_emit(p,n); return; } }
#else
#include <stdio.h>
#include <time.h>
static double cpu(){struct timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID,&t); return t.tv_sec+t.tv_nsec*1e-9;}
int main(){ struct{const char*n; i64(*f)(i64); i64 a;} K[]={{"fib",k_fib,35},{"loop",k_loop,30000000},{"sieve",k_sieve,2000000},{"nbody",k_nbody,200000},{"spectral",k_spectral,300},{"mandel",k_mandel,500},{"bintree",k_bintree,14},{"dispatch",k_dispatch,3000000},{"fannkuch",k_fannkuch,9}};
 for(int i=0;i<9;i++){ double ts[5]; i64 r; for(int k=0;k<5;k++){ double t=cpu(); volatile i64 a=K[i].a; r=K[i].f(a); ts[k]=cpu()-t; } for(int a=0;a<5;a++)for(int b=a+1;b<5;b++) if(ts[b]<ts[a]){double t=ts[a];ts[a]=ts[b];ts[b]=t;} printf("%s\t%s\t%.6f\t%.6f\t%lld\n",
#ifdef __clang__
"clang16-O2",
#else
"gcc-O2",
#endif
K[i].n,ts[2],ts[0],r);} }
#endif
